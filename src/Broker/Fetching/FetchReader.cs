using Moldau.Protocol;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Broker.Fetching;

/// <summary>Reads the partitions of one fetch within its limits. Nothing is copied: the results are ranges of files.</summary>
internal sealed class FetchReader(ReplicaManager replicas)
{
    /// <summary>
    /// Reads each partition whose result is not settled yet (by an error of authorization or of an unknown topic). The first batch found is taken even when it is larger than all limits,
    /// so that a client always gets on (KIP-74). Returns the bytes found; <paramref name="settled"/> tells that waiting for more would be wrong.
    /// </summary>
    public long ReadAll(in FetchParameters parameters, List<FetchPartition> partitions, ReadOnlySpan<bool> refused, Span<PartitionRead> reads, out bool settled)
    {
        settled = false;
        long totalBytes = 0;
        var leftBytes = parameters.MaxBytes;
        var minOneMessage = true;
        for (var i = 0; i < partitions.Count; i++)
        {
            if (refused[i])
            {
                continue;
            }

            reads[i] = TryRead(in parameters, partitions[i], leftBytes, minOneMessage);
            var length = reads[i].Slice.Length;
            settled |= reads[i].Error != ErrorCode.None || reads[i].HasDivergingEpoch;
            totalBytes += length;
            minOneMessage &= length == 0;
            leftBytes = Math.Max(0, leftBytes - length);
        }

        return totalBytes;
    }

    /// <summary>
    /// Reads only what has changed since, as long as there is not enough: the limits are those that the others leave. <paramref name="totalBytes"/> is what was found before.
    /// </summary>
    public long ReadChanged(in FetchParameters parameters, List<FetchPartition> partitions, FetchOperation operation, long totalBytes, out bool settled)
    {
        settled = false;
        var refused = operation.Refused;
        var reads = operation.Reads;
        for (var i = 0; i < partitions.Count; i++)
        {
            if (refused[i] || !operation.TakeChange(i))
            {
                continue;
            }

            totalBytes -= reads[i].Slice.Length;
            FetchOperation.Release(ref reads[i]);
            reads[i] = TryRead(in parameters, partitions[i], (int)Math.Max(0, parameters.MaxBytes - totalBytes), minOneMessage: totalBytes == 0);
            totalBytes += reads[i].Slice.Length;
            settled |= reads[i].Error != ErrorCode.None || reads[i].HasDivergingEpoch;
        }

        return totalBytes;
    }

    /// <summary>A partition whose files cannot be read costs the others nothing. Its directory is offline by then, or its file is named in the log.</summary>
    private PartitionRead TryRead(in FetchParameters parameters, FetchPartition wanted, int leftBytes, bool minOneMessage)
    {
        try
        {
            return Read(in parameters, wanted, leftBytes, minOneMessage);
        }
        catch (DiskException)
        {
            return PartitionRead.Failed(ErrorCode.KafkaStorageError);
        }
    }

    private PartitionRead Read(in FetchParameters parameters, FetchPartition wanted, int leftBytes, bool minOneMessage)
    {
        var partition = replicas.Find(wanted.TopicName!, wanted.Partition, out var error);
        if (partition is null)
        {
            return PartitionRead.Failed(error);
        }

        if (wanted.TopicId != Core.Uuid.Zero && wanted.TopicId != partition.TopicId)
        {
            return PartitionRead.Failed(ErrorCode.InconsistentTopicId);
        }

        error = parameters.IsFromFollower ? partition.CheckFollower(parameters.ReplicaId, wanted.CurrentLeaderEpoch) : partition.CheckLeader(wanted.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return WithLeader(PartitionRead.Failed(error), partition.Role);
        }

        if (wanted.LastFetchedEpoch >= 0 && FindDivergence(partition, wanted) is { } divergence)
        {
            return divergence;
        }

        var slice = partition.Read(wanted.FetchOffset, Math.Min(wanted.MaxBytes, leftBytes), parameters.Isolation, minOneMessage);
        if (slice.Error != ErrorCode.None)
        {
            slice.Dispose();
            return PartitionRead.Failed(slice.Error);
        }

        // A cut batch behind whole ones is what clients are used to; one alone is of no use, and some clients take it for a record that is too large for them.
        return Succeeded(slice.FirstBatchIncomplete ? slice.WithoutRecords() : slice);
    }

    private static PartitionRead Succeeded(LogSlice slice)
    {
        var offsets = slice.Offsets;
        return PartitionRead.Failed(ErrorCode.None) with
        {
            Slice = slice,
            HighWatermark = offsets.HighWatermark.Offset,
            LastStableOffset = offsets.LastStableOffset.Offset,
            LogStartOffset = offsets.LogStartOffset,
        };
    }

    /// <summary>A fetcher that names the epoch of its last batch is told where its log and this one part (KIP-595, KIP-320); null when they do not.</summary>
    private static PartitionRead? FindDivergence(Partition partition, FetchPartition wanted)
    {
        var known = partition.Log.Epochs.EndOffsetFor(wanted.LastFetchedEpoch, partition.Log.LogEndOffset);
        if (known.Epoch < 0 || wanted.FetchOffset < partition.Log.LogStartOffset)
        {
            return PartitionRead.Failed(ErrorCode.OffsetOutOfRange);
        }

        if (known.Epoch >= wanted.LastFetchedEpoch && known.EndOffset >= wanted.FetchOffset)
        {
            return null;
        }

        var offsets = partition.Log.Offsets();
        return PartitionRead.Failed(ErrorCode.None) with
        {
            HighWatermark = offsets.HighWatermark.Offset,
            LastStableOffset = offsets.LastStableOffset.Offset,
            LogStartOffset = offsets.LogStartOffset,
            DivergingEpoch = known.Epoch,
            DivergingEndOffset = known.EndOffset,
        };
    }

    /// <summary>Tells a client that asked the wrong node whom to ask (KIP-951).</summary>
    private static PartitionRead WithLeader(PartitionRead read, PartitionRole role) =>
        read.Error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch
            ? read with { CurrentLeaderId = role.LeaderId, CurrentLeaderEpoch = role.LeaderEpoch }
            : read;
}
