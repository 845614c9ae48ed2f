using Moldau.Core;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// The high watermarks on the disk (replication-offset-checkpoint in each log directory): read once at start, written every so often (replica.high.watermark.checkpoint.interval.ms) and
/// at the stop. A replica that starts knows from it how much was committed before. Thread safe.
/// </summary>
public sealed class HighWatermarkCheckpoints : IDisposable
{
    private readonly LogManager _logs;
    private readonly Dictionary<string, Dictionary<TopicPartition, long>> _read = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();
    private readonly HashSet<string> _stale = new(StringComparer.Ordinal);
    private readonly ITimer _timer;

    public HighWatermarkCheckpoints(LogManager logs, TimeProvider time, long intervalMs, IWorkers workers)
    {
        _logs = logs;
        foreach (var directory in logs.Directories.Where(directory => directory.IsOnline))
        {
            _read[directory.Path] = logs.ReadOffsets(directory.HighWatermarks);
        }

        var period = TimeSpan.FromMilliseconds(intervalMs);
        _timer = time.CreateTimer(_ => workers.Run(Write), null, period, period);
    }

    /// <summary>The high watermark that a log had at the last checkpoint of the process before; 0 when there was none. Told once.</summary>
    public long Take(PartitionLog log)
    {
        lock (_writing)
        {
            if (!_read.TryGetValue(log.LogDirectory, out var offsets) || !offsets.Remove(log.Partition, out var offset))
            {
                return 0;
            }

            if (offsets.Count == 0)
            {
                // The room that it takes is that of all partitions.
                _read.Remove(log.LogDirectory);
            }

            return offset;
        }
    }

    /// <summary>Writes the checkpoint of each directory that is online and has one that is out of date.</summary>
    public void Write()
    {
        lock (_writing)
        {
            foreach (var log in _logs.EachLog())
            {
                if (log.HighWatermark != log.CheckpointedHighWatermark)
                {
                    _stale.Add(log.LogDirectory);
                }
            }

            foreach (var directory in _logs.Directories)
            {
                if (directory.IsOnline && _stale.Remove(directory.Path))
                {
                    _logs.Attempt(directory, () => Write(directory));
                }
            }
        }
    }

    private void Write(LogDirectory directory)
    {
        var offsets = new Dictionary<TopicPartition, long>();
        var known = _read.GetValueOrDefault(directory.Path);
        foreach (var log in _logs.EachLog())
        {
            if (log.LogDirectory == directory.Path)
            {
                // The metadata may not have come to a log yet since the start: then what was known before still holds.
                var offset = log.HighWatermark;
                log.CheckpointedHighWatermark = offset;
                offsets[log.Partition] = log.HasHighWatermark || known is null ? offset : Math.Max(offset, known.GetValueOrDefault(log.Partition));
            }
        }

        directory.HighWatermarks.Write(offsets);
    }

    /// <summary>Writes no more.</summary>
    public void Abandon() => _timer.Dispose();

    /// <summary>Writes for the last time.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Write();
    }
}
