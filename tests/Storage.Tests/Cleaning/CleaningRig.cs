using System.Text;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>A log manager with a cleaner over a disk in memory and a clock that tests move, and one compacted log of small segments.</summary>
internal sealed class CleaningRig
{
    public static readonly Uuid Topic = new(1, 2);

    private CleaningRig(StorageRig rig, LogManager manager, LogConfig config)
    {
        Rig = rig;
        Manager = manager;
        Log = manager.GetOrCreate(StorageRig.Partition, Topic, config);
    }

    public static LogConfig Compacted { get; } = StorageRig.Small with
    {
        Compact = true,
        Delete = false,
        MinCleanableDirtyRatio = 0,
        DeleteRetentionMs = 3_600_000,
        FileDeleteDelayMs = 1000,
    };

    public StorageRig Rig { get; }

    public LogManager Manager { get; }

    public PartitionLog Log { get; }

    public MemoryDisk Disk => Rig.Disk;

    public long NowMs => Rig.NowMs;

    /// <summary>What cleaner-offset-checkpoint says of the log; null for nothing.</summary>
    public long? Checkpoint => new OffsetCheckpointFile(Disk, "data/cleaner-offset-checkpoint").Read() is var all && all.TryGetValue(Log.Partition, out var offset) ? offset : null;

    public static async Task<CleaningRig> Start(LogConfig? config = null, CleanerOptions? cleaner = null, StorageRig? rig = null, LogManagerOptions? options = null)
    {
        if (rig is null)
        {
            rig = new StorageRig();
            rig.Disk.DeleteDirectory("data");
        }

        var manager = new LogManager(
            rig.Environment, (options ?? new LogManagerOptions { LogDirectories = ["data"] }) with { Cleaner = cleaner ?? new CleanerOptions { IoBufferBytes = 4096 } });
        await manager.StartAsync(_ => config ?? Compacted);
        return new CleaningRig(rig, manager, config ?? Compacted);
    }

    /// <summary>The same files as a process finds them that was started after a kill.</summary>
    public Task<CleaningRig> AfterKill(LogConfig? config = null, CleanerOptions? cleaner = null) => Start(config, cleaner, Rig.AfterKill());

    /// <summary>Appends one batch and lets all replicas have it. A value of null is a tombstone.</summary>
    public AppendResult Append(params (string? Key, string? Value)[] records) => Append(new RecordBatchOptions(), records);

    public AppendResult Append(RecordBatchOptions options, params (string? Key, string? Value)[] records) => Accept(Build(options, NowMs, records), AppendOrigin.Client);

    public AppendResult Accept(byte[] batch, AppendOrigin origin)
    {
        var result = Log.AppendAsLeader(batch, leaderEpoch: 0, origin);
        result.Error.ShouldBe(ErrorCode.None, result.ErrorMessage);
        Log.UpdateHighWatermark(result.LastOffset + 1);
        return result;
    }

    public AppendResult Transactional(long producerId, short epoch, int sequence, params (string? Key, string? Value)[] records) =>
        Append(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = true }, records);

    public AppendResult End(long producerId, short epoch, bool isCommit) =>
        Accept(ControlRecords.BuildMarker(new EndTransactionMarker(isCommit, 0), producerId, epoch, NowMs), AppendOrigin.Coordinator);

    /// <summary>A new segment, so that everything before it may be compacted.</summary>
    public void Roll() => Log.Roll();

    /// <summary>Lets the cleaner look, and files that wait go.</summary>
    public void Clean() => Rig.Time.Advance(TimeSpan.FromSeconds(16));

    public static byte[] Build(RecordBatchOptions options, long timestamp, params (string? Key, string? Value)[] records)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(options);
        foreach (var (key, value) in records)
        {
            builder.Append(timestamp, key is null ? null : Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));
        }

        return builder.BuildArray();
    }

    /// <summary>All records that are left, control records too; for committed ones, what a consumer makes of the answers.</summary>
    public List<SeenRecord> Read(FetchIsolation isolation = FetchIsolation.LogEnd) => Read(Log, isolation);

    public static List<SeenRecord> Read(PartitionLog log, FetchIsolation isolation = FetchIsolation.LogEnd)
    {
        var seen = new List<SeenRecord>();
        using var decompressor = RecordDecompressor.Rent();
        foreach (var (bytes, transactions) in Slices(log, isolation))
        {
            var upcoming = new Queue<AbortedTransaction>(transactions.OrderBy(entry => entry.FirstOffset));
            var aborted = new HashSet<long>();
            foreach (var batch in new RecordBatchReader(bytes))
            {
                batch.EnsureValid();
                while (upcoming.TryPeek(out var next) && next.FirstOffset <= batch.LastOffset)
                {
                    aborted.Add(upcoming.Dequeue().ProducerId);
                }

                Take(batch, decompressor, isolation == FetchIsolation.TransactionCommitted ? aborted : null, seen);
            }
        }

        return seen;
    }

    /// <summary>Base and last offset, records and last sequence of each batch.</summary>
    public List<(long First, long Last, int Records, int LastSequence)> Batches()
    {
        var all = new List<(long, long, int, int)>();
        foreach (var (bytes, _) in Slices(Log, FetchIsolation.LogEnd))
        {
            foreach (var batch in new RecordBatchReader(bytes))
            {
                all.Add((batch.BaseOffset, batch.LastOffset, batch.RecordsCount, batch.LastSequence));
            }
        }

        return all;
    }

    public string[] Files() => [.. Disk.List(Log.Directory).Select(entry => entry.Name)];

    /// <summary>As a consumer that wants committed records only: an abort marker ends what is left out, and control records are not shown.</summary>
    private static void Take(RecordBatchHeader batch, RecordDecompressor decompressor, HashSet<long>? aborted, List<SeenRecord> seen)
    {
        if (aborted is not null && !batch.IsControl && batch.IsTransactional && aborted.Contains(batch.ProducerId))
        {
            return;
        }

        var records = RecordReader.Open(batch, decompressor);
        while (records.MoveNext())
        {
            ref readonly var record = ref records.Current;
            if (aborted is not null && batch.IsControl)
            {
                if (ControlRecords.TypeOf(in record) == ControlRecordType.Abort)
                {
                    aborted.Remove(batch.ProducerId);
                }

                continue;
            }

            seen.Add(new SeenRecord(record.Offset, batch.IsControl ? null : Text(record.HasKey, record.Key), batch.IsControl ? null : Text(record.HasValue, record.Value),
                record.Timestamp, batch.ProducerId, batch.IsControl, batch.DeleteHorizonMs));
        }
    }

    private static IEnumerable<(byte[] Bytes, IReadOnlyList<AbortedTransaction> Aborted)> Slices(PartitionLog log, FetchIsolation isolation)
    {
        var end = isolation == FetchIsolation.TransactionCommitted ? log.LastStableOffset : log.LogEndOffset;
        for (var offset = log.LogStartOffset; offset < end;)
        {
            using var slice = log.Read(offset, 3000, isolation, minOneBatch: true);
            slice.Error.ShouldBe(ErrorCode.None);
            if (slice.Length == 0)
            {
                break;
            }

            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes).ShouldBe(slice.Length);
            offset = NextOffset(bytes);
            yield return (bytes, slice.AbortedTransactions ?? []);
        }
    }

    private static long NextOffset(byte[] bytes)
    {
        long next = -1;
        foreach (var batch in new RecordBatchReader(bytes))
        {
            next = batch.NextOffset;
        }

        next.ShouldBeGreaterThanOrEqualTo(0);
        return next;
    }

    private static string? Text(bool isThere, ReadOnlySpan<byte> bytes) => isThere ? Encoding.UTF8.GetString(bytes) : null;
}
