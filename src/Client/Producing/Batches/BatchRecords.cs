using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>Goes over the records of a batch in its plain buffer: they are this producer's own and need no checks.</summary>
internal ref struct BatchRecords(ProducerBatch batch)
{
    private readonly ReadOnlySpan<byte> _plain = batch.Buffer.AsSpan(0, batch.PlainSizeBytes);
    private readonly long _baseTimestamp = batch.BaseTimestamp;
    private int _at = RecordBatchLayout.HeaderBytes;
    private int _index = -1;
    private BatchRecord _current;

    public readonly BatchRecord Current => _current;

    public readonly BatchRecords GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_at >= _plain.Length)
        {
            return false;
        }

        int start = _at + VarInt.ReadSigned32(_plain[_at..], out int bodySize);
        int deltas = start + 1;
        deltas += VarInt.ReadSigned64(_plain[deltas..], out long timestampDelta);
        deltas += VarInt.ReadSigned32(_plain[deltas..], out _);
        _at = start + bodySize;
        _current = new BatchRecord { Index = ++_index, Timestamp = _baseTimestamp + timestampDelta, AfterDeltas = _plain[deltas.._at] };
        return true;
    }
}
