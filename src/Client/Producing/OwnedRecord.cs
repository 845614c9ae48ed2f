using System.Buffers;
using System.Collections.Concurrent;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>A record that has to wait, copied off its sender's stack. Used again; whoever rented it returns it.</summary>
internal sealed class OwnedRecord
{
    private const int IdleMax = 1024;
    private static readonly ConcurrentQueue<OwnedRecord> Idle = new();
    private byte[] _bytes = [];
    private RecordHeader[] _headers = [];
    private int _keyLength;
    private int _valueLength;

    public int Partition { get; private set; }

    public long Timestamp { get; private set; }

    public bool HasKey { get; private set; }

    public bool HasValue { get; private set; }

    public RecordParts Parts => new()
    {
        HasKey = HasKey,
        Key = _bytes.AsSpan(0, _keyLength),
        HasValue = HasValue,
        Value = _bytes.AsSpan(_keyLength, _valueLength),
        Headers = _headers,
    };

    public static OwnedRecord Rent(scoped in ProducerRecord record)
    {
        if (!Idle.TryDequeue(out OwnedRecord? owned))
        {
            owned = new OwnedRecord();
        }

        owned._bytes = ArrayPool<byte>.Shared.Rent(record.Key.Length + record.Value.Length);
        record.Key.CopyTo(owned._bytes);
        record.Value.CopyTo(owned._bytes.AsSpan(record.Key.Length));
        owned._keyLength = record.Key.Length;
        owned._valueLength = record.Value.Length;
        owned._headers = record.Headers.IsEmpty ? [] : record.Headers.ToArray();
        owned.Partition = record.Partition;
        owned.Timestamp = record.Timestamp;
        owned.HasKey = record.HasKey;
        owned.HasValue = record.HasValue;
        return owned;
    }

    public void Return()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _headers = [];
        if (Idle.Count < IdleMax)
        {
            Idle.Enqueue(this);
        }
    }
}
