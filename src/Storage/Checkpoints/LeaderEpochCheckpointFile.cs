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
        for (var i = 0; i < lines.Count; i++)
        {
            var line = CheckpointText.FirstEntryLine + i;
            entries.Add(new EpochEntry(CheckpointText.Number32(path, lines[i][0], line), CheckpointText.Number(path, lines[i][1], line)));
        }

        return entries;
    }
}
