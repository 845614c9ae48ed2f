using System.Buffers.Binary;
using System.Text;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>Reads the files of a segment for <see cref="LogInspector"/>. Indexes are compared with the log file when that lies beside them.</summary>
internal sealed class SegmentInspection(IDisk disk, string path, InspectionReport report, Func<ReadOnlyMemory<byte>, string>? readValue)
{
    private ControlRecordType? firstControl;
    private ControlRecordType? lastControl;
    private bool hasRecord;

    /// <summary>A snapshot of the metadata log: batches from a header to a footer.</summary>
    public void Snapshot()
    {
        Batches(baseOffset: 0);
        if (report.WithRecords && firstControl != ControlRecordType.SnapshotHeader)
        {
            report.Problem("the snapshot has no header at position 0");
        }

        if (report.WithRecords && lastControl != ControlRecordType.SnapshotFooter)
        {
            report.Problem("the snapshot has no footer: it is not whole");
        }
    }

    /// <summary>Batches and their records, and whether the indexes that belong to them are there.</summary>
    public void Log(long baseOffset)
    {
        Batches(baseOffset);
        if (!path.EndsWith(LogFileNames.LogSuffix, StringComparison.Ordinal))
        {
            return;
        }

        foreach (var suffix in (ReadOnlySpan<string>)[LogFileNames.OffsetIndexSuffix, LogFileNames.TimeIndexSuffix])
        {
            var index = path[..^LogFileNames.LogSuffix.Length] + suffix;
            if (!disk.FileExists(index))
            {
                report.Problem($"its index {index[(index.LastIndexOf('/') + 1)..]} is missing");
            }
        }
    }

    private void Batches(long baseOffset)
    {
        using var file = disk.Open(path, DiskOpenMode.Read);
        var header = new byte[BatchHeader.Size];
        var nextOffset = baseOffset;
        long position = 0;
        while (position < file.Length)
        {
            var read = file.Read(header, position);
            if (!BatchHeader.TryRead(header.AsSpan(0, read), out var batch) || batch.SizeInBytes > file.Length - position)
            {
                report.Problem($"no whole batch at position {position}; {file.Length - position} bytes are left");
                return;
            }

            var bytes = new byte[batch.SizeInBytes];
            file.Read(bytes, position);
            Batch(batch, bytes, position, nextOffset);
            nextOffset = Math.Max(nextOffset, batch.NextOffset);
            position += batch.SizeInBytes;
        }
    }

    /// <summary>Entries of <c>.index</c>: they rise, and each names a batch by its last offset and its position.</summary>
    public void OffsetIndex(long baseOffset)
    {
        var entries = Entries(Storage.OffsetIndex.EntrySize);
        var log = OpenBeside(LogFileNames.OffsetIndexSuffix);
        using (log)
        {
            var last = baseOffset;
            var header = new byte[BatchHeader.Size];
            for (var i = 0; i < entries.Length / Storage.OffsetIndex.EntrySize; i++)
            {
                var entry = entries.AsSpan(i * Storage.OffsetIndex.EntrySize);
                var offset = baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry);
                var position = BinaryPrimitives.ReadInt32BigEndian(entry[4..]);
                if (IsPreallocated(entry, Storage.OffsetIndex.EntrySize, i))
                {
                    report.Line("zeros up to the end: the file is preallocated");
                    return;
                }

                report.Line($"offset {offset} position {position}");
                if (offset < last || (i > 0 && offset == last))
                {
                    report.Problem($"{Entry(i, Storage.OffsetIndex.EntrySize)}: offset {offset} does not rise above {last}");
                }

                last = offset;
                if (log is not null && (position < 0 || position >= log.Length || !BatchHeader.TryRead(header.AsSpan(0, log.Read(header, position)), out var batch)
                    || batch.LastOffset != offset))
                {
                    report.Problem($"{Entry(i, Storage.OffsetIndex.EntrySize)}: no batch with last offset {offset} at position {position} of the log");
                }
            }
        }
    }

    /// <summary>Entries of <c>.timeindex</c>: offsets and timestamps rise.</summary>
    public void TimeIndex(long baseOffset)
    {
        var entries = Entries(Storage.TimeIndex.EntrySize);
        var last = new TimestampOffset(long.MinValue, baseOffset);
        using var batches = BatchCursor.Over(OpenBeside(LogFileNames.TimeIndexSuffix));
        for (var i = 0; i < entries.Length / Storage.TimeIndex.EntrySize; i++)
        {
            var bytes = entries.AsSpan(i * Storage.TimeIndex.EntrySize, Storage.TimeIndex.EntrySize);
            if (IsPreallocated(entries.AsSpan(i * Storage.TimeIndex.EntrySize), Storage.TimeIndex.EntrySize, i))
            {
                report.Line("zeros up to the end: the file is preallocated");
                return;
            }

            var entry = new TimestampOffset(BinaryPrimitives.ReadInt64BigEndian(bytes), baseOffset + BinaryPrimitives.ReadInt32BigEndian(bytes[8..]));
            report.Line($"timestamp {entry.Timestamp} offset {entry.Offset}");
            if (entry.Timestamp <= last.Timestamp || entry.Offset < last.Offset)
            {
                report.Problem(
                    $"{Entry(i, Storage.TimeIndex.EntrySize)}: timestamp {entry.Timestamp} of offset {entry.Offset} does not rise above {last.Timestamp} of {last.Offset}");
            }

            last = entry;
            if (batches is not null && (batches.Find(entry.Offset) is not { } batch || batch.MaxTimestamp != entry.Timestamp))
            {
                report.Problem($"{Entry(i, Storage.TimeIndex.EntrySize)}: no batch of the log with offset {entry.Offset} has the timestamp {entry.Timestamp}");
            }
        }
    }

    /// <summary>Entries of <c>.txnindex</c>.</summary>
    public void TransactionIndex(long baseOffset)
    {
        var entries = Entries(AbortedTransaction.Size);
        var last = baseOffset - 1;
        using var batches = BatchCursor.Over(OpenBeside(LogFileNames.TransactionIndexSuffix));
        for (var at = 0; at + AbortedTransaction.Size <= entries.Length; at += AbortedTransaction.Size)
        {
            var entry = AbortedTransaction.Read(path, entries.AsSpan(at));
            report.Line($"producer {entry.ProducerId} aborted {entry.FirstOffset} to {entry.LastOffset}, last stable offset {entry.LastStableOffset}");
            var place = Entry(at / AbortedTransaction.Size, AbortedTransaction.Size);
            if (entry.LastOffset <= last)
            {
                report.Problem($"{place}: the marker at offset {entry.LastOffset} does not rise above {last}");
            }

            last = entry.LastOffset;
            if (entry.FirstOffset < 0 || entry.FirstOffset > entry.LastOffset || entry.LastStableOffset < 0 || entry.ProducerId < 0)
            {
                report.Problem($"{place}: {entry} cannot be");
            }

            // Compaction takes markers away and leaves the entry.
            if (batches is not null && batches.Find(entry.LastOffset) is { } batch && (!batch.IsControl || batch.ProducerId != entry.ProducerId))
            {
                report.Problem($"{place}: the batch of the log with offset {entry.LastOffset} is no marker of producer {entry.ProducerId}");
            }
        }
    }

    /// <summary>Whether there is nothing from here on but room for entries. One zero entry alone may be meant.</summary>
    private static bool IsPreallocated(ReadOnlySpan<byte> rest, int entrySize, int entry) =>
        (entry > 0 || rest.Length > entrySize) && !rest.ContainsAnyExcept((byte)0);

    private static string Text(bool has, ReadOnlySpan<byte> bytes) => has ? $"'{Encoding.UTF8.GetString(bytes)}'" : "null";

    private void Batch(in BatchHeader batch, byte[] bytes, long position, long nextOffset)
    {
        var kind = $"{(batch.IsTransactional ? " transactional" : "")}{(batch.IsControl ? " control" : "")}";
        report.Line(
            $"position {position} offsets {batch.BaseOffset} to {batch.LastOffset} count {batch.Count} size {batch.SizeInBytes} magic {batch.Magic} codec {batch.Codec}{kind} "
            + $"epoch {batch.LeaderEpoch} producer {batch.ProducerId} {batch.ProducerEpoch} sequence {batch.BaseSequence} max timestamp {batch.MaxTimestamp} crc {batch.Crc}");
        if (!batch.IsIntact(bytes))
        {
            report.Problem($"the batch at position {position}, offset {batch.BaseOffset}, has a wrong checksum");
            return;
        }

        if (batch.BaseOffset < nextOffset)
        {
            report.Problem($"the batch at position {position} begins at offset {batch.BaseOffset}, below {nextOffset}");
        }

        if (report.WithRecords)
        {
            Records(bytes, position, batch.IsControl);
        }
    }

    private void Records(byte[] bytes, long position, bool isControl)
    {
        try
        {
            using var decompressor = RecordDecompressor.Rent();
            var records = RecordReader.Open(new RecordBatchHeader(bytes), decompressor);
            while (records.MoveNext())
            {
                ref readonly var record = ref records.Current;
                report.Line($"  offset {record.Offset} timestamp {record.Timestamp} {Content(record, isControl)}");
            }
        }
        catch (Exception exception) when (exception is RecordException or ProtocolException or InvalidDataException)
        {
            report.Problem($"the batch at position {position}: {exception.Message}");
        }
    }

    private string Content(scoped in RecordView record, bool isControl)
    {
        ControlRecordType? control = isControl ? ControlRecords.TypeOf(record) : default(ControlRecordType?);
        firstControl = hasRecord ? firstControl : control;
        hasRecord = true;
        lastControl = control;
        if (isControl)
        {
            return "control " + ControlRecordText.Of(record);
        }

        return readValue is not null && record.HasValue
            ? readValue(record.Value.ToArray())
            : $"key {Text(record.HasKey, record.Key)} value {Text(record.HasValue, record.Value)}";
    }

    private byte[] Entries(int size)
    {
        var content = AtomicFile.Read(disk, path) ?? throw new CorruptFileException(path, "there is no such file");
        if (content.Length % size != 0)
        {
            report.Problem($"{content.Length} bytes are no whole number of entries of {size} bytes: the last entry, at position {content.Length / size * size}, is cut");
        }

        return content;
    }

    private static string Entry(int index, int entrySize) => $"entry {index} at position {index * (long)entrySize}";

    private IDiskFile? OpenBeside(string suffix)
    {
        var log = path.EndsWith(suffix, StringComparison.Ordinal) ? path[..^suffix.Length] + LogFileNames.LogSuffix : null;
        return log is not null && disk.FileExists(log) ? disk.Open(log, DiskOpenMode.Read) : null;
    }
}
