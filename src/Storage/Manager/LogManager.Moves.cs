using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>Logs that move from one log directory to another (KIP-113): the copy is a <c>-future</c> directory until it takes the place of the log.</summary>
public sealed partial class LogManager
{
    private readonly Dictionary<TopicPartition, string> preferred = [];

    /// <summary>Where a log is to be made that is not here yet, instead of where it would go by itself.</summary>
    public void Prefer(TopicPartition partition, LogDirectory directory)
    {
        lock (structure)
        {
            preferred[partition] = directory.Path;
        }
    }

    /// <summary>Makes, or finds, the future log of a partition in another directory than its own.</summary>
    /// <exception cref="DiskException">The directory failed.</exception>
    public PartitionLog GetOrCreateFuture(PartitionLog current, LogDirectory target)
    {
        lock (structure)
        {
            Invariant.That(current.LogDirectory != target.Path, "a log moves to another directory");
            if (futureLogs.TryGetValue(current.Partition, out var known))
            {
                return known;
            }

            var future = Create(current.Partition, current.TopicId!.Value, current.Config, target, isFuture: true);
            futureLogs[current.Partition] = future;
            target.Count(1);
            return future;
        }
    }

    /// <summary>Takes the directories that get no new partitions.</summary>
    public void SetCordoned(Func<LogDirectory, bool> isCordoned)
    {
        foreach (var directory in directories)
        {
            directory.IsCordoned = isCordoned(directory);
        }
    }

    /// <summary>
    /// The future log takes the place of the current one, which is deleted: false when there is none. Appends to the current log wait meanwhile, and are refused afterwards. The current
    /// directory goes first and comes back when the second step fails; a crash between the two leaves a future log without a current one, which <see cref="AdoptFuture"/> knows.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="copyRest">Copies what has come since the copy was last complete.</param>
    /// <param name="replaced">Takes the log that is the current one from now on.</param>
    /// <exception cref="DiskException">One of the directories failed.</exception>
    public bool TryReplaceCurrentWithFuture(TopicPartition partition, Action copyRest, Action<PartitionLog> replaced)
    {
        lock (structure)
        {
            if (!futureLogs.TryGetValue(partition, out var future) || !logs.TryGetValue(partition, out var current))
            {
                return false;
            }

            // Most of what the device has to do is done before appends wait.
            future.Flush();
            var home = current.Directory;
            current.HandOver(() =>
            {
                copyRest();
                Invariant.That(future.LogEndOffset == current.LogEndOffset, $"the copy of {partition} has all that the log has");
                future.Flush();
                future.UpdateHighWatermark(current.HighWatermark);
                current.RenameDirectory($"{current.LogDirectory}/{LogFileNames.DeleteDirectory(partition, environment.NewGuid())}");
                try
                {
                    future.RenameDirectory($"{future.LogDirectory}/{LogFileNames.Directory(partition)}");
                }
                catch (DiskException)
                {
                    current.RenameDirectory(home);
                    throw;
                }

                futureLogs.TryRemove(partition, out _);
                logs[partition] = future;
                replaced(future);
            });
            DirectoryOf(current).Count(-1);
            Cleaner.Move(DirectoryOf(current), DirectoryOf(future), partition);
            future.CheckpointedHighWatermark = -1;
            DirectoryOf(future).HasOtherLogs = true;
            current.CloseWithoutFlush();
            DeleteLater(current.Directory, current.Config.FileDeleteDelayMs);
            WriteChangedCheckpoints();
            return true;
        }
    }

    /// <summary>
    /// A future log without a current one: the node was killed while one took the place of the other, or the directory of the current one has failed since the metadata named the new one.
    /// It is the log from now on.
    /// </summary>
    public PartitionLog? AdoptFuture(TopicPartition partition)
    {
        lock (structure)
        {
            if (logs.ContainsKey(partition) || !futureLogs.TryRemove(partition, out var future))
            {
                return null;
            }

            environment.Logger.LogWarning("{Partition}: {Directory} takes the place of the log that it was copied from", partition, future.Directory);
            future.RenameDirectory($"{future.LogDirectory}/{LogFileNames.Directory(partition)}");
            logs[partition] = future;
            DirectoryOf(future).HasOtherLogs = true;
            WriteChangedCheckpoints();
            return future;
        }
    }
}
