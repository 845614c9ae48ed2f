using Microsoft.Extensions.Logging;

namespace Moldau.Storage;

public sealed partial class LogCleaner
{
    private readonly Queue<CompactionStatistics> lastOnes = new();
    private long compactions;
    private long bytesRead;
    private long bytesWritten;
    private long lastLookMs;
    private double lastMostDirty;
    private long lastLongestDelayMs;

    /// <summary>The figures of now. Looks at the size of logs that were given up, and so may block.</summary>
    public CleanerStatus Status()
    {
        lock (gate)
        {
            var read = lastOnes.Sum(last => last.BytesRead);
            return new CleanerStatus
            {
                Running = running.Count,
                Compactions = compactions,
                BytesRead = bytesRead,
                BytesWritten = bytesWritten,
                MapBytes = workers.Sum(worker => worker.MapBytes),
                MaxBufferUtilizationPercent = (int)(100 * lastOnes.Select(last => last.MapUtilization).DefaultIfEmpty().Max()),
                RecopyPercent = (int)(100 * lastOnes.Sum(last => last.BytesWritten) / Math.Max(1, read)),
                MaxCleanTimeSeconds = lastOnes.Select(last => last.ElapsedMs).DefaultIfEmpty().Max() / 1000,
                MaxCompactionDelaySeconds = lastLongestDelayMs / 1000,
                MaxDirtyPercent = (int)(100 * lastMostDirty),
                SinceLastRunMs = environment.NowMs - lastLookMs,
                Uncleanable = [.. uncleanable.Select(entry => new UncleanableLog(entry.Key.LogDirectory, entry.Key.Partition, entry.Value, entry.Key.SizeInBytes))],
            };
        }
    }

    /// <summary>Says what a compaction did, and counts it.</summary>
    private void Report(LogCompaction compaction)
    {
        var done = compaction.Statistics;
        lock (gate)
        {
            compactions++;
            bytesRead += done.BytesRead;
            bytesWritten += done.BytesWritten;
            lastOnes.Enqueue(done);
            while (lastOnes.Count > Math.Max(1, options.Threads))
            {
                lastOnes.Dequeue();
            }
        }

        environment.Logger.LogInformation(
            "{Partition} is compacted up to offset {End}: the dirty part began at {Start} and had {Keys} keys ({MapBytes} bytes read, map {MapPercent}% full); {BytesRead} bytes with {Records} "
            + "records became {BytesWritten} bytes with {Kept}; it took {ElapsedMs} ms",
            compaction.Target.Log.Partition, compaction.EndOffset, compaction.Target.FirstDirtyOffset, done.MapKeys, done.MapBytesRead, (int)(100 * done.MapUtilization), done.BytesRead,
            done.RecordsRead, done.BytesWritten, done.RecordsWritten, done.ElapsedMs);
        if (done.RecordsWithoutKey > 0)
        {
            environment.Logger.LogWarning("{Partition}: {Count} records without a key were dropped by compaction, as nothing tells which of them is the last",
                compaction.Target.Log.Partition, done.RecordsWithoutKey);
        }
    }
}
