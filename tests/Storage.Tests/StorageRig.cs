using Moldau.Core;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests;

/// <summary>A disk in memory, a clock that tests move, and batches to append.</summary>
internal sealed class StorageRig
{
    public const string Root = "data";

    public static readonly TopicPartition Partition = new("topic", 0);

    private readonly ulong seed;

    public StorageRig(ulong seed = 1, MemoryDisk? disk = null, ManualTimeProvider? time = null, int openFiles = 1000)
    {
        this.seed = seed;
        Time = time ?? new ManualTimeProvider();
        Disk = disk ?? new MemoryDisk(Time);
        Disk.CreateDirectory($"{Root}/{Partition}");
        Environment = new LogEnvironment(new OpenFiles(Disk, openFiles), Time, new SeededEntropy(seed));
    }

    public ManualTimeProvider Time { get; }

    public MemoryDisk Disk { get; }

    public LogEnvironment Environment { get; }

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static LogConfig Small { get; } = new() { SegmentBytes = 1500, IndexIntervalBytes = 150, FileDeleteDelayMs = 1000,
        TransactionVerificationEnabled = false };

    public PartitionLog Open(LogConfig? config = null, LogLoadState? state = null) =>
        PartitionLog.Open(Environment, Partition, $"{Root}/{Partition}", config ?? Small, state ?? LogLoadState.New);

    /// <summary>The same files as a process finds them that was started after a kill.</summary>
    public StorageRig AfterKill() => new(seed, Disk.Clone(), Time);

    public static byte[] Batch(
        int records, int valueBytes, long timestamp, long producerId = -1, short epoch = -1, int sequence = -1, bool transactional = false,
            int leaderEpoch = 0, long baseOffset = 0)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions
        {
            BaseOffset = baseOffset,
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = transactional,
            PartitionLeaderEpoch = leaderEpoch,
        });
        for (var i = 0; i < records; i++)
        {
            builder.Append(timestamp + i, new byte[] { (byte)i }, new byte[valueBytes]);
        }

        return builder.BuildArray();
    }

    private sealed class SeededEntropy(ulong seed) : IEntropy
    {
        private readonly Random random = new((int)seed);

        public void Fill(Span<byte> destination) => random.NextBytes(destination);
    }
}
