using Moldau.Core;

namespace Moldau.Storage;

/// <summary>
/// Up to where each log is compacted: <c>cleaner-offset-checkpoint</c> of each log directory, read once and kept in memory. Safe for all threads; may be called under a log's lock.
/// </summary>
internal sealed class CleanerCheckpoints(LogManager manager)
{
    private readonly Lock gate = new();
    private readonly Dictionary<LogDirectory, Dictionary<TopicPartition, long>> offsets = [];

    public long? Find(LogDirectory directory, TopicPartition partition)
    {
        lock (gate)
        {
            return Of(directory).TryGetValue(partition, out var offset) ? offset : null;
        }
    }

    /// <summary>Sets an offset in memory; <see cref="Write"/> makes it last.</summary>
    public void Set(LogDirectory directory, TopicPartition partition, long offset)
    {
        lock (gate)
        {
            Of(directory)[partition] = offset;
        }
    }

    /// <summary>The log was cut: what is behind the offset is not compacted.</summary>
    public void Lower(LogDirectory directory, TopicPartition partition, long offset)
    {
        lock (gate)
        {
            if (Of(directory).TryGetValue(partition, out var known) && known > offset)
            {
                Of(directory)[partition] = offset;
                Write(directory);
            }
        }
    }

    /// <summary>The partition's log is no longer in this directory.</summary>
    public void Remove(LogDirectory directory, TopicPartition partition)
    {
        lock (gate)
        {
            if (Of(directory).Remove(partition))
            {
                Write(directory);
            }
        }
    }

    /// <summary>The partition's log is now in another directory.</summary>
    public void Move(LogDirectory from, LogDirectory to, TopicPartition partition)
    {
        lock (gate)
        {
            if (from != to && Of(from).TryGetValue(partition, out var offset))
            {
                Remove(from, partition);
                Set(to, partition, offset);
                Write(to);
            }
        }
    }

    /// <summary>Writes the file of a directory, without partitions that are not there any more.</summary>
    public void Write(LogDirectory directory)
    {
        lock (gate)
        {
            if (directory.IsOnline)
            {
                var here = Of(directory);
                foreach (var gone in here.Keys.Where(partition => manager.Find(partition)?.LogDirectory != directory.Path).ToArray())
                {
                    here.Remove(gone);
                }

                manager.Attempt(directory, () => directory.Cleaned.Write(here));
            }
        }
    }

    private Dictionary<TopicPartition, long> Of(LogDirectory directory)
    {
        if (!offsets.TryGetValue(directory, out var known))
        {
            known = manager.ReadOffsets(directory.Cleaned);
            offsets.Add(directory, known);
        }

        return known;
    }
}
