using System.Buffers;

namespace Moldau.Client;

/// <summary>
/// The records that one answer has of one partition, checked and decompressed, ready to be handed out. One owner at a time: the fetch that makes it, the consumer's queue, the batch in
/// hand. Returning it gives its memory back, and the object itself to its <see cref="FetchPool"/>.
/// </summary>
internal sealed class FetchedChunk(FetchPool pool)
{
    private const int SlicesMin = 16;

    private RecordSlice[] _slices = new RecordSlice[SlicesMin];
    private FetchAnswer? _answer;

    public PartitionState State { get; private set; } = null!;

    /// <summary>The state's incarnation when it was fetched: after a seek it is void.</summary>
    public int Incarnation { get; private set; }

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

    public bool IsVoid => State.IsRevoked || State.Incarnation != Incarnation;

    /// <summary>Makes it a chunk of the partition as it is now.</summary>
    public void Open(PartitionState state, FetchAnswer answer)
    {
        State = state;
        Incarnation = state.Incarnation;
        EndOffset = PartitionState.NoOffset;
        EndEpoch = -1;
        SizeBytes = 0;
        Failure = null;
        _answer = answer;
    }

    public void Add(in RecordSlice slice)
    {
        if (SliceCount == _slices.Length)
        {
            Array.Resize(ref _slices, SliceCount * 2);
        }

        _slices[SliceCount++] = slice;
        RecordCount += slice.Count;
    }

    /// <summary>Gives all back; under the consumer's gate.</summary>
    public void Return()
    {
        var slices = _slices.AsSpan(0, SliceCount);
        foreach (ref var slice in slices)
        {
            if (slice.IsRented)
            {
                ArrayPool<byte>.Shared.Return(slice.Bytes);
            }
        }

        slices.Clear();
        SliceCount = 0;
        RecordCount = 0;
        _answer!.Release();
        _answer = null;
        pool.Return(this);
    }
}
