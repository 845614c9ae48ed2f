using System.Text.Json;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>Producer snapshots, written, read, and damaged.</summary>
public sealed class ProducerSnapshotsSuite() : JsonLineSuite("producer-snapshots")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        List<ProducerStateEntry>? read = null;
        try
        {
            read = ProducerSnapshot.Parse("file", line.Hex("hex"));
        }
        catch (CorruptFileException)
        {
            // What is refused has no entries to compare.
        }

        if (line.IsRefused || read is null)
        {
            return Same("refused", line.IsRefused, read is null);
        }

        if (line.IntOrNull("entriesRead") is { } count)
        {
            return Same("entries", count, read.Count);
        }

        var expected = string.Join(";", line.GetProperty("entries").EnumerateArray().Select(Text));
        return Same("entries", expected, string.Join(";", read.Select(Text)))
            ?? Same("bytes", line.Text("hex"), Convert.ToHexStringLower(ProducerSnapshot.Format(read)));
    }

    private static string Text(JsonElement entry) => string.Join(
        ",",
        new[] { "producerId", "producerEpoch", "lastSequence", "lastOffset", "offsetDelta", "timestamp", "coordinatorEpoch",
            "currentTxnFirstOffset" }.Select(name => entry.GetProperty(name).GetRawText()));

    private static string Text(ProducerStateEntry entry) =>
        $"{entry.ProducerId},{entry.ProducerEpoch},{entry.LastSequence},{entry.LastDataOffset},{entry.LastOffsetDelta},"
        + $"{entry.LastTimestamp},{entry.CoordinatorEpoch},{entry.CurrentTransactionFirstOffset}";
}
