using System.Diagnostics.CodeAnalysis;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Records of one partition in their order, as they lie in what was fetched; for <c>foreach</c>, once. Good until the next batch is asked for: the object itself is used again. When the
/// partition has to be given up, the enumeration ends before the next record, and what was handed out counts as done.
/// </summary>
public sealed class ConsumeBatch
{
    private FetchedChunk _chunk = null!;
    private PartitionState _state = null!;
    private int _incarnation;
    private RecordCursor _cursor;
    private int _left;
    private int _chunkLeft;
    private long _handedOut;
    private int _handedOutEpoch;
    private bool _wasCut;

    internal ConsumeBatch()
    {
    }

    /// <summary>The topic.</summary>
    public string Topic => _state.Topic;

    /// <summary>The partition's index.</summary>
    public int Partition => _state.Index;

    /// <summary>Topic and partition.</summary>
    public TopicPartition TopicPartition => _state.Partition;

    /// <summary>How many records it has that were not taken yet.</summary>
    public int Count => _left;

    /// <summary>The partition's high watermark when the batch was fetched.</summary>
    public long HighWatermark => _state.HighWatermark;

    internal FetchedChunk Chunk => _chunk;

    /// <summary>Whether the chunk has been handed out to its end.</summary>
    internal bool IsChunkDone => _chunkLeft == 0;

    /// <summary>How often a record was taken: whoever watches whether the application moves compares it.</summary>
    internal long Progress { get; private set; }

    /// <summary>Goes over the records, from where an enumeration before it has stopped.</summary>
    public Enumerator GetEnumerator() => new(this);

    internal void Open(FetchedChunk chunk)
    {
        _chunk = chunk;
        _state = chunk.State;
        _incarnation = chunk.Incarnation;
        _cursor = new RecordCursor(chunk);
        _chunkLeft = chunk.RecordCount;
        _handedOut = PartitionState.NoOffset;
        _handedOutEpoch = -1;
        _left = 0;
    }

    /// <summary>The chunk goes back: whoever has kept the batch finds nothing more in it.</summary>
    internal void Close()
    {
        _handedOut = PartitionState.NoOffset;
        _left = 0;
        _chunkLeft = 0;
    }

    /// <summary>Makes the next records of the chunk the batch.</summary>
    internal void Show(int recordsMax)
    {
        _left = Math.Min(recordsMax, _chunkLeft);
        _wasCut = false;
    }

    internal bool Take(out ConsumeRecord record)
    {
        var state = _state;
        if (_incarnation != state.Incarnation)
        {
            // The application went elsewhere.
            _wasCut = true;
            record = default;
            return false;
        }

        MarkDone();
        if (_left == 0 || state.IsRevoked)
        {
            _wasCut |= _left > 0;
            record = default;
            return false;
        }

        _cursor.MoveNext(out record);
        _left--;
        _chunkLeft--;
        _handedOut = record.Offset;
        _handedOutEpoch = record.LeaderEpoch;
        state.PositionEpoch = record.LeaderEpoch;
        state.LastTimestampMs = record.TimestampMs;
        state.Position = record.Offset + 1;
        Progress++;
        return true;
    }

    /// <summary>What was handed out is done.</summary>
    internal void MarkDone()
    {
        if (_handedOut >= 0 && _incarnation == _state.Incarnation)
        {
            _state.Completed = _handedOut + 1;
        }
    }

    /// <summary>The application asked for more: what it had is done, also what it did not look at, unless it was cut short.</summary>
    internal void Complete()
    {
        var state = _state;
        while (!_wasCut && _left > 0)
        {
            _cursor.MoveNext(out var record);
            _handedOut = record.Offset;
            _handedOutEpoch = record.LeaderEpoch;
            _left--;
            _chunkLeft--;
        }

        if (_incarnation != state.Incarnation)
        {
            // The application went elsewhere meanwhile.
            return;
        }

        var isEnd = _chunkLeft == 0 && !_wasCut && _chunk.Failure is null;
        var next = isEnd ? _chunk.EndOffset : _handedOut + 1;
        if (next > state.Position || _handedOut >= 0 || isEnd)
        {
            state.PositionEpoch = isEnd ? _chunk.EndEpoch : _handedOutEpoch;
            state.Position = Math.Max(state.Position, next);
            state.Completed = Math.Max(state.Completed, next);
        }
    }

    /// <summary>Goes over the records of a batch.</summary>
    public struct Enumerator
    {
        private readonly ConsumeBatch _batch;
        private ConsumeRecord _current;

        internal Enumerator(ConsumeBatch batch)
        {
            _batch = batch;
            _current = default;
        }

        /// <summary>The current record.</summary>
        [UnscopedRef]
        public readonly ref readonly ConsumeRecord Current => ref _current;

        /// <summary>Goes to the next record; false after the last, or when the partition has to be given up.</summary>
        public bool MoveNext() => _batch.Take(out _current);
    }
}
