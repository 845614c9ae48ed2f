using System.Buffers;

namespace Moldau.Client;

/// <summary>
/// The records that one answer has of one partition, checked and decompressed, ready to be handed out. One owner at a time: the fetch that makes it, the consumer's queue, the batch in
/// hand. Returning it gives its memory back.
/// </summary>
internal sealed class FetchedChunk(PartitionState state, int incarnation, SharedLease lease)
{
    private const int SlicesMin = 16;

    private RecordSlice[] _slices = ArrayPool<RecordSlice>.Shared.Rent(SlicesMin);

    public PartitionState State => state;

    /// <summary>The state's incarnation when it was fetched: after a seek it is void.</summary>
    public int Incarnation => incarnation;

    public RecordSlice[] Slices => _slices;

    public int SliceCount { get; private set; }

    /// <summary>The offset after all that the answer brought, also what is left out.</summary>
    public long EndOffset { get; set; }

    /// <summary>The leader epoch of its last batch.</summary>
    public int EndEpoch { get; set; }

    /// <summary>What it counts for against the memory for prefetching.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Why what follows the slices cannot be read; thrown when the application gets there.</summary>
    public KafkaException? Failure { get; set; }

    /// <summary>How many records it has.</summary>
    public int RecordCount { get; private set; }

    public bool IsVoid => state.IsRevoked || state.Incarnation != incarnation;

    public void Add(in RecordSlice slice)
    {
        if (SliceCount == _slices.Length)
        {
            var larger = ArrayPool<RecordSlice>.Shared.Rent(SliceCount * 2);
            _slices.AsSpan(0, SliceCount).CopyTo(larger);
            ArrayPool<RecordSlice>.Shared.Return(_slices, clearArray: true);
            _slices = larger;
        }

        _slices[SliceCount++] = slice;
        RecordCount += slice.Count;
    }

    public void Return()
    {
        for (var i = 0; i < SliceCount; i++)
        {
            if (_slices[i].IsRented)
            {
                ArrayPool<byte>.Shared.Return(_slices[i].Bytes);
            }
        }

        ArrayPool<RecordSlice>.Shared.Return(_slices, clearArray: true);
        _slices = [];
        SliceCount = 0;
        RecordCount = 0;
        lease.Release();
    }
}
