using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// A topic that is produced to: its partitions, and where records without a partition go now. Partitions are only ever added. Any thread.
/// </summary>
internal sealed class TopicQueues(string name, int ordinal, StickyPartitions sticky)
{
    private readonly Lock _gate = new();
    private volatile PartitionQueue[] _partitions = [];
    private long _lastUsedMs;

    public string Name => name;

    /// <summary>Orders topics, so that those of a request come together.</summary>
    public int Ordinal => ordinal;

    /// <summary>When a batch was begun last, in ms of the producer's clock; its making counts as one.</summary>
    public long LastUsedMs
    {
        get => Volatile.Read(ref _lastUsedMs);
        set => Volatile.Write(ref _lastUsedMs, value);
    }

    /// <summary>The topic's id; zero when the cluster has none for it.</summary>
    public Uuid Id { get; set; }

    public StickyPartitions Sticky => sticky;

    /// <summary>Records that wait for partitions or for memory.</summary>
    public TurnQueue Turns { get; } = new();

    public PartitionQueue[] Partitions => _partitions;

    /// <summary>How far its compressed records are smaller: 1 for not at all. The sender writes it; a float is written at once.</summary>
    public float CompressionRatio { get; set; } = 1;

    /// <summary>The ratio of compression as it is expected, learned from a batch: worse at once, better slowly.</summary>
    public void LearnCompression(float ratio) =>
        CompressionRatio = ratio > CompressionRatio ? Math.Min(1, ratio + 0.05f) : Math.Max(ratio, CompressionRatio - 0.005f);

    /// <summary>Makes queues for as many partitions as the topic has now.</summary>
    public void Grow(int count)
    {
        if (_partitions.Length >= count)
        {
            return;
        }

        lock (_gate)
        {
            var grown = new PartitionQueue[Math.Max(count, _partitions.Length)];
            _partitions.CopyTo(grown, 0);
            for (int i = _partitions.Length; i < grown.Length; i++)
            {
                grown[i] = new PartitionQueue(this, i);
            }

            _partitions = grown;
        }
    }
}
