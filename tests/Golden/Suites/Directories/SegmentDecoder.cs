using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Moldau.Records;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>A segment's log and its indexes, in the form of <c>NAME.files.json.gz</c>.</summary>
internal static class SegmentDecoder
{
    private const int EntriesShown = 60;

    public static JsonObject Decode(long baseOffset, byte[] content, Dictionary<string, byte[]> files, JsonArray? records, string log)
    {
        var segment = new JsonObject { ["base"] = baseOffset, ["bytes"] = content.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) };
        var position = 0;
        var batches = 0;
        var count = 0;
        long first = -1;
        long last = -1;
        long maxTimestamp = -1;
        string? problem = null;
        while (BatchHeader.TryRead(content.AsSpan(position), out var batch) && batch.SizeInBytes <= content.Length - position)
        {
            var bytes = content.AsSpan(position, batch.SizeInBytes);
            if (!batch.IsIntact(bytes))
            {
                problem = "CorruptRecordException";
                break;
            }

            count += RecordDecoder.Batch(bytes.ToArray(), log, records);
            first = batches == 0 ? batch.BaseOffset : first;
            last = batch.LastOffset;
            maxTimestamp = Math.Max(maxTimestamp, batch.MaxTimestamp);
            batches++;
            position += batch.SizeInBytes;
        }

        segment["validBytes"] = position;
        segment["batches"] = batches;
        segment["records"] = count;
        if (problem is not null)
        {
            segment["problem"] = problem;
        }

        if (batches > 0)
        {
            segment["first"] = first;
            segment["last"] = last;
            segment["maxTimestamp"] = maxTimestamp;
        }

        AddIndex(segment, "index", files.GetValueOrDefault(LogFileNames.OffsetIndex(baseOffset)), OffsetIndex.EntrySize, entry =>
            new JsonArray(baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..])));
        AddIndex(segment, "timeindex", files.GetValueOrDefault(LogFileNames.TimeIndex(baseOffset)), TimeIndex.EntrySize, entry =>
            new JsonArray(BinaryPrimitives.ReadInt64BigEndian(entry), baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry[8..])));
        AddIndex(segment, "txnindex", files.GetValueOrDefault(LogFileNames.TransactionIndex(baseOffset)), AbortedTransaction.Size, entry =>
        {
            var aborted = AbortedTransaction.Read("txnindex", entry);
            return new JsonArray(BinaryPrimitives.ReadInt16BigEndian(entry), aborted.ProducerId, aborted.FirstOffset, aborted.LastOffset, aborted.LastStableOffset);
        });
        return segment;
    }

    private delegate JsonArray EntryDecoder(ReadOnlySpan<byte> entry);

    private static void AddIndex(JsonObject segment, string name, byte[]? content, int entrySize, EntryDecoder decode)
    {
        if (content is null)
        {
            return;
        }

        // Room for entries is zero; a lone zero entry is one.
        var count = content.Length / entrySize;
        while (count > 0 && !content.AsSpan((count - 1) * entrySize, entrySize).ContainsAnyExcept((byte)0) && content.Length > entrySize)
        {
            count--;
        }

        var index = new JsonObject { ["bytes"] = content.Length, ["count"] = count };
        if (count > EntriesShown)
        {
            index["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(0, count * entrySize)));
        }

        var list = new JsonArray();
        for (var i = 0; i < Math.Min(count, EntriesShown); i++)
        {
            list.Add(decode(content.AsSpan(i * entrySize, entrySize)));
        }

        index["list"] = list;
        segment[name] = index;
    }
}
