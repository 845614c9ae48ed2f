using System.Globalization;

namespace Moldau.Storage;

/// <summary>The text of <c>leader-epoch-checkpoint</c>: each leader epoch with the offset of its first record.</summary>
public static class LeaderEpochCheckpointFile
{
    public static string Format(IReadOnlyCollection<EpochEntry> entries)
    {
        var text = CheckpointText.Begin(entries.Count);
        foreach (var entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Epoch} {entry.StartOffset}\n");
        }

        return text.ToString();
    }

    /// <exception cref="CorruptFileException">The text is something else.</exception>
    public static List<EpochEntry> Parse(string path, string text)
    {
        var lines = CheckpointText.Read(path, text, fieldCount: 2);
        var entries = new List<EpochEntry>(lines.Count);
        foreach (var fields in lines)
        {
            entries.Add(new EpochEntry(CheckpointText.Number32(path, fields[0]), CheckpointText.Number(path, fields[1])));
        }

        return entries;
    }
}
