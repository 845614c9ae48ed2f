using System.Buffers;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// One partition on its way to another log directory of this node (KIP-113): its future log is filled from the current one. Stepped by its <see cref="ReplicaMover"/>, one step at a time.
/// </summary>
/// <param name="partition">The replica.</param>
/// <param name="future">The copy.</param>
/// <param name="isAccepted">The metadata names the new directory already: a move that an earlier process began.</param>
internal sealed class ReplicaMove(Partition partition, PartitionLog future, bool isAccepted)
{
    private bool _isReconciled;

    public Partition Partition => partition;

    public PartitionLog Future => future;

    /// <summary>The controller has been asked to name the new directory.</summary>
    public bool IsAsked { get; set; } = isAccepted;

    /// <summary>The controller has put the new directory into the metadata: the future log may take the current one's place.</summary>
    public bool IsAccepted { get; set; } = isAccepted;

    /// <summary>The copy has all that the partition has.</summary>
    public bool IsCaughtUp => future.LogEndOffset >= partition.Log.LogEndOffset;

    /// <summary>Copies what comes next, at most about <paramref name="bytesMax"/> and at least one batch; the bytes copied, 0 when there is nothing more.</summary>
    /// <exception cref="DiskException">One of the two directories failed, or is full.</exception>
    public int CopySome(int bytesMax)
    {
        var current = partition.Log;
        Reconcile(current);
        var from = future.LogEndOffset;
        using var slice = current.Read(from, bytesMax, FetchIsolation.LogEnd, minOneBatch: true);
        if (slice.Error != ErrorCode.None || slice.Length == 0)
        {
            return 0;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(slice.Length);
        try
        {
            var length = slice.CopyTo(bytes);
            var result = future.AppendAsFollower(bytes.AsMemory(0, length), int.MaxValue);
            if (result.Error != ErrorCode.None || result.SizeInBytes == 0)
            {
                // A full disk heals; anything else ends the move.
                var kind = result.Error == ErrorCode.NotEnoughReplicas ? DiskErrorKind.NoSpace : result.Error == ErrorCode.KafkaStorageError ? DiskErrorKind.Io : DiskErrorKind.Corrupt;
                throw new DiskException(kind, "append", future.Directory, result.ErrorMessage ?? $"{length} bytes from offset {from} on are no whole batch");
            }

            Follow(current);
            return result.SizeInBytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>High watermark and log start go along with the records.</summary>
    private void Follow(PartitionLog current)
    {
        future.UpdateHighWatermark(current.HighWatermark);
        if (current.LogStartOffset > future.LogStartOffset)
        {
            future.IncrementLogStartOffset(Math.Min(current.LogStartOffset, future.HighWatermark));
        }
    }

    /// <summary>The copy must be the beginning of the log, also after an earlier process was killed, the log was cut, or retention went past the copy.</summary>
    private void Reconcile(PartitionLog current)
    {
        if (future.LogEndOffset < current.LogStartOffset)
        {
            future.TruncateFullyAndStartAt(current.LogStartOffset);
        }

        while (!_isReconciled && future.Epochs.LatestEpoch is { } epoch)
        {
            var (known, end) = current.Epochs.EndOffsetFor(epoch, current.LogEndOffset);
            if (known == epoch && end >= future.LogEndOffset)
            {
                break;
            }

            // An epoch that the log does not have goes as a whole, so that each round has fewer of them.
            var start = future.Epochs.LatestEntry!.Value.StartOffset;
            future.TruncateTo(known < 0 ? current.LogStartOffset : known == epoch ? end : Math.Min(end, start));
            if (known == epoch || known < 0)
            {
                break;
            }
        }

        _isReconciled = true;
        if (future.LogEndOffset > current.LogEndOffset)
        {
            future.TruncateTo(current.LogEndOffset);
        }
    }
}
