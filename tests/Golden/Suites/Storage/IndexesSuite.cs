using System.Text.Json;
using Moldau.Core;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>Entries of the three indexes, their bytes, lookups, and entries that are refused.</summary>
public sealed class IndexesSuite() : JsonLineSuite("indexes")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var disk = new MemoryDisk();
        var file = new LogFile(new OpenFiles(disk), "index", create: true);
        var baseOffset = line.GetProperty("baseOffset").GetInt64();
        var difference = line.Text("what") switch
        {
            "offset index" => Offsets(line, new OffsetIndex(file, baseOffset, line.Int("preallocatedBytes"))),
            "time index" => Times(line, new TimeIndex(file, baseOffset, line.Int("preallocatedBytes"))),
            _ => Transactions(line, new TransactionIndex(file, baseOffset)),
        };
        return difference ?? Same("bytes", line.Text("hex"), Convert.ToHexStringLower(AtomicFile.Read(disk, "index")!));
    }

    private static string? Offsets(JsonElement line, OffsetIndex index)
    {
        foreach (var entry in line.GetProperty("entries").EnumerateArray())
        {
            index.Append(entry.GetProperty("offset").GetInt64(), entry.Int("position"));
        }

        foreach (var refused in line.GetProperty("refused").EnumerateObject())
        {
            if (Accepts(() => index.Append(long.Parse(refused.Name), 1_000_000)))
            {
                return $"offset {refused.Name} is accepted";
            }
        }

        foreach (var lookup in line.GetProperty("lookups").EnumerateArray())
        {
            var found = index.Lookup(lookup.GetProperty("target").GetInt64());
            if (Same($"the entry for {lookup.GetProperty("target")}", (lookup.GetProperty("offset").GetInt64(), lookup.Int("position")),
                (found.Offset, found.Position)) is { } difference)
            {
                return difference;
            }
        }

        index.Flush();
        return null;
    }

    private static string? Times(JsonElement line, TimeIndex index)
    {
        foreach (var entry in line.GetProperty("entries").EnumerateArray())
        {
            index.MaybeAppend(entry.GetProperty("timestamp").GetInt64(), entry.GetProperty("offset").GetInt64());
        }

        foreach (var refused in line.GetProperty("refused").EnumerateObject())
        {
            var parts = refused.Name.Split(' ');
            var isAccepted = Accepts(() => index.MaybeAppend(long.Parse(parts[0]), long.Parse(parts[1])));
            if (isAccepted != (refused.Value.GetString() == "accepted"))
            {
                return $"entry {refused.Name}: accepted is {isAccepted}";
            }
        }

        foreach (var lookup in line.GetProperty("lookups").EnumerateArray())
        {
            var found = index.Lookup(lookup.GetProperty("target").GetInt64());
            if (Same($"the entry for {lookup.GetProperty("target")}", (lookup.GetProperty("timestamp").GetInt64(),
                lookup.GetProperty("offset").GetInt64()), (found.Timestamp, found.Offset)) is { } difference)
            {
                return difference;
            }
        }

        index.Flush();
        return null;
    }

    private static string? Transactions(JsonElement line, TransactionIndex index)
    {
        foreach (var entry in line.GetProperty("entries").EnumerateArray())
        {
            index.Append(new AbortedTransaction(Long(entry, "producerId"), Long(entry, "firstOffset"), Long(entry, "lastOffset"), Long(entry,
                "lastStableOffset")));
        }

        foreach (var collected in line.GetProperty("collected").EnumerateArray())
        {
            var found = new List<AbortedTransaction>();
            var isComplete = index.Collect(Long(collected, "fetchOffset"), Long(collected, "upperBoundOffset"), found);
            var expected = collected.GetProperty("aborted").EnumerateArray().Select(entry => (Long(entry, "producerId"), Long(entry, "firstOffset")));
            if (!expected.SequenceEqual(found.Select(entry => (entry.ProducerId, entry.FirstOffset)))
                || isComplete != collected.GetProperty("complete").GetBoolean())
            {
                return $"collected from {collected.GetProperty("fetchOffset")}: {string.Join(", ", found)}, complete {isComplete}";
            }
        }

        return null;
    }

    private static bool Accepts(Action append)
    {
        try
        {
            append();
            return true;
        }
        catch (InvariantException)
        {
            return false;
        }
    }

    private static long Long(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
