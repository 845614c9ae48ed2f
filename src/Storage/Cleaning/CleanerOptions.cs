namespace Moldau.Storage;

/// <summary>What the cleaner takes from the node's configuration. The defaults are Apache Kafka's.</summary>
public sealed record CleanerOptions
{
    /// <summary><c>log.cleaner.enable</c>: without it compacted topics keep every record.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>log.cleaner.threads</c>: how many logs are compacted at one time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary><c>log.cleaner.dedupe.buffer.size</c>: the memory in which all of them together remember keys.</summary>
    public long DedupeBufferBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary><c>log.cleaner.io.buffer.load.factor</c>: how full that memory may get.</summary>
    public double DedupeBufferLoadFactor { get; init; } = 0.9;

    /// <summary><c>log.cleaner.io.buffer.size</c>: the memory that all of them together read and write through; a larger batch gets what it needs.</summary>
    public int IoBufferBytes { get; init; } = 512 * 1024;

    /// <summary><c>log.cleaner.io.max.bytes.per.second</c>, read and written, of all together.</summary>
    public double MaxBytesPerSecond { get; init; } = double.MaxValue;

    /// <summary><c>log.cleaner.backoff.ms</c>: how long the cleaner rests when no log needs it.</summary>
    public long BackoffMs { get; init; } = 15000;

    /// <summary>What one of them may remember keys in.</summary>
    internal long DedupeBytesEach => DedupeBufferBytes / Math.Max(1, Threads);

    /// <summary>What one of them reads at once; as much is for writing.</summary>
    internal int ReadBytesEach => Math.Max(ReadBytesMin, IoBufferBytes / Math.Max(1, Threads) / 2);

    private const int ReadBytesMin = 1024;
}
