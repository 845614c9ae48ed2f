using Moldau.Records;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>A random course of appends, transactions, compactions, stops, kills and cuts, and after each step the invariants.</summary>
internal sealed class CompactionHistory(int seed)
{
    private const int Producers = 3;

    private readonly Random random = new(seed);
    private readonly List<AppendedRecord> appended = [];
    private readonly List<(long Offset, long ProducerId)> open = [];
    private readonly int[] sequences = new int[Producers * 2];
    private readonly short[] epochs = new short[Producers * 2];
    private CleaningRig rig = null!;
    private LogConfig config = CleaningRig.Compacted;
    private int step;
    private long untouched;

    public long Compactions { get; private set; }

    /// <summary>Records that compaction dropped.</summary>
    public long Dropped { get; private set; }

    private string Where => $"seed {seed}, step {step}";

    public async Task Run(int steps)
    {
        config = CleaningRig.Compacted with { MinCompactionLagMs = random.Next(3) == 0 ? 20_000 : 0, MinCleanableDirtyRatio = random.Next(3) * 0.3, SegmentBytes = random.Next(600, 2000) };
        rig = await CleaningRig.Start(config, Cleaner());
        for (step = 0; step < steps; step++)
        {
            await Step();
            Check();
        }

        Compactions += rig.Manager.Cleaner.Status().Compactions;
        Dropped = appended.Count - rig.Read().Count(record => !record.IsControl);
        rig.Manager.Abandon();
    }

    private CleanerOptions Cleaner() => new() { DedupeBufferBytes = OffsetMap.EntryBytes * random.Next(3, 60), IoBufferBytes = random.Next(100, 5000), Threads = 1 };

    private async Task Step()
    {
        switch (random.Next(24))
        {
            case 0:
                rig.Roll();
                break;
            case 1 or 2 or 3:
                rig.Roll();
                rig.Clean();
                break;
            case 4:
                rig.Rig.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 90)));
                break;
            case 5:
                await Reopen(isClean: false);
                break;
            case 6:
                await Reopen(isClean: true);
                break;
            case 7 when random.Next(3) == 0:
                Cut();
                break;
            case 8 or 9 or 10 or 11:
                Begin(random.Next(Producers));
                break;
            case 12 or 13 or 14:
                End(random.Next(Producers), random.Next(2) == 0);
                break;
            case 15 or 16:
                Append(Producers + random.Next(Producers), isTransactional: false);
                break;
            default:
                Append(-1, isTransactional: false);
                break;
        }
    }

    private void Begin(int producer)
    {
        Append(producer, isTransactional: true);
        if (!open.Exists(entry => entry.ProducerId == producer))
        {
            open.Add((appended[^1].Offset, producer));
        }
    }

    private void End(int producer, bool isCommit)
    {
        if (open.RemoveAll(entry => entry.ProducerId == producer) == 0)
        {
            return;
        }

        var marker = rig.End(producer, epochs[producer], isCommit).FirstOffset;
        foreach (var record in appended.Where(record => record.ProducerId == producer && record.Marker < 0))
        {
            record.Marker = marker;
            record.IsAborted = !isCommit;
        }
    }

    private void Append(int producer, bool isTransactional)
    {
        var records = new (string? Key, string? Value)[random.Next(1, 5)];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = ($"key{random.Next(12)}", random.Next(4) == 0 ? null : $"{step}.{i}{new string('.', random.Next(60))}");
        }

        var options = new RecordBatchOptions { Compression = RecordCompression.Of((CompressionType)random.Next(5)) };
        if (producer >= 0)
        {
            options = options with { ProducerId = producer, ProducerEpoch = epochs[producer], BaseSequence = sequences[producer], IsTransactional = isTransactional };
            sequences[producer] += records.Length;
        }

        var now = rig.NowMs;
        var result = rig.Append(options, records);
        for (var i = 0; i < records.Length; i++)
        {
            appended.Add(new AppendedRecord
            {
                Offset = result.FirstOffset + i, Key = records[i].Key!, Value = records[i].Value, TimeMs = now, ProducerId = isTransactional ? producer : -1,
            });
        }
    }

    private async Task Reopen(bool isClean)
    {
        var before = Known();
        Compactions += rig.Manager.Cleaner.Status().Compactions;
        var high = rig.Log.HighWatermark;
        if (isClean)
        {
            rig.Manager.Shutdown();
        }

        rig = await rig.AfterKill(config, Cleaner());
        rig.Log.UpdateHighWatermark(high);
        Known().ShouldBe(before, Where);
    }

    /// <summary>As a follower whose leader has less: the end of the log goes.</summary>
    private void Cut()
    {
        var borders = rig.Batches().Select(batch => batch.First).Append(rig.Log.LogEndOffset).TakeLast(10).ToArray();
        rig.Log.TruncateTo(borders[random.Next(borders.Length)]);
        var end = rig.Log.LogEndOffset;
        if (end < untouched)
        {
            // An unclean election can cut what superseded records that are compacted away: what is left is all there is.
            var left = rig.Read().Select(record => record.Offset).ToHashSet();
            appended.RemoveAll(record => !left.Contains(record.Offset));
        }

        untouched = Math.Min(untouched, end);
        appended.RemoveAll(record => record.Offset >= end);
        foreach (var record in appended.Where(record => record.Marker >= end))
        {
            (record.Marker, record.IsAborted) = (-1, false);
        }

        open.Clear();
        open.AddRange(appended.Where(record => record.ProducerId >= 0 && record.Marker < 0).GroupBy(record => record.ProducerId).Select(group => (group.First().Offset, group.Key)));
        for (var producer = 0; producer < sequences.Length; producer++)
        {
            // A new epoch, as what the log remembers of the old one was cut.
            (epochs[producer], sequences[producer]) = ((short)(epochs[producer] + 1), 0);
        }

        foreach (var (_, producer) in open.ToArray())
        {
            End((int)producer, isCommit: false);
        }
    }

    private string Known() => string.Join("; ", rig.Log.ActiveProducers().OrderBy(producer => producer.ProducerId)
        .Select(producer => $"{producer.ProducerId} epoch {producer.ProducerEpoch} sequence {producer.LastSequence} open {producer.CurrentTransactionStartOffset}"));

    private void Check()
    {
        var stable = rig.Log.LastStableOffset;
        var left = rig.Read();
        left.Zip(left.Skip(1)).ShouldAllBe(pair => pair.First.Offset < pair.Second.Offset, Where);
        var byOffset = appended.ToDictionary(record => record.Offset);
        var there = left.Where(record => !record.IsControl).ToDictionary(record => record.Offset);
        var markers = left.Where(record => record.IsControl).Select(record => record.Offset).ToHashSet();
        foreach (var record in there.Values)
        {
            var known = byOffset[record.Offset];
            (record.Key, record.Value, record.Timestamp).ShouldBe((known.Key, known.Value, known.TimeMs), $"{Where}, offset {record.Offset}");
            (known.Marker < 0 || markers.Contains(known.Marker)).ShouldBeTrue($"{Where}: the marker {known.Marker} went before its record {known.Offset}");
        }

        untouched = Math.Max(untouched, Math.Min(stable, rig.Log.ActiveBaseOffset));
        appended.Where(record => record.Offset >= untouched).ShouldAllBe(record => there.ContainsKey(record.Offset), Where);
        CheckLast(stable, there.Keys.ToHashSet());
        CheckConsumer(stable);
    }

    /// <summary>Of each key the last record that counts is there; a tombstone may be gone once its time is over, and with it all before it.</summary>
    private void CheckLast(long stable, HashSet<long> there)
    {
        foreach (var key in appended.Where(record => record.Offset < stable && !record.IsAborted).GroupBy(record => record.Key))
        {
            var last = key.Last();
            if (there.Contains(last.Offset))
            {
                continue;
            }

            last.Value.ShouldBeNull($"{Where}: the last value of {last.Key}, offset {last.Offset}, is gone");
            (rig.NowMs - last.TimeMs).ShouldBeGreaterThanOrEqualTo(config.DeleteRetentionMs, $"{Where}: the tombstone at {last.Offset} went early");
            key.ShouldAllBe(record => !there.Contains(record.Offset), $"{Where}: the tombstone at {last.Offset} went before a value of {last.Key}");
        }
    }

    /// <summary>What a consumer of committed records ends up with is what it would have without compaction.</summary>
    private void CheckConsumer(long stable)
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in appended.Where(record => record.Offset < stable && !record.IsAborted))
        {
            Apply(expected, record.Key, record.Value);
        }

        var seen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in rig.Read(FetchIsolation.TransactionCommitted))
        {
            Apply(seen, record.Key!, record.Value);
        }

        seen.ShouldBe(expected, Where);
    }

    private static void Apply(SortedDictionary<string, string> values, string key, string? value)
    {
        if (value is null)
        {
            values.Remove(key);
        }
        else
        {
            values[key] = value;
        }
    }
}
