using System.Globalization;
using System.Text;

namespace Moldau.Storage;

/// <summary>The common frame of Kafka's checkpoint files: a line with version 0, a line with the count, then one entry a line.</summary>
internal static class CheckpointText
{
    /// <summary>The line of the first entry, as people count; the version and the count are before it.</summary>
    public const int FirstEntryLine = 3;

    private const int Version = 0;

    public static StringBuilder Begin(int count) => new StringBuilder().Append(Version).Append('\n').Append(count).Append('\n');

    /// <summary>The fields of each entry. An empty file, or one that ends before the count, has no entries.</summary>
    public static List<string[]> Read(string path, string text, int fieldCount)
    {
        var lines = Lines(text);
        var entries = new List<string[]>();
        if (lines.Count == 0)
        {
            return entries;
        }

        var version = Number(path, lines[0], 1);
        if (version != Version)
        {
            throw new CorruptFileException(path, $"line 1: unrecognised version {version}, expected {Version}");
        }

        if (lines.Count == 1)
        {
            return entries;
        }

        var count = Number(path, lines[1], 2);
        for (var i = 2; i < lines.Count; i++)
        {
            var fields = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != fieldCount)
            {
                throw new CorruptFileException(path, $"line {i + 1}: '{lines[i]}' has {fields.Length} fields, expected {fieldCount}");
            }

            entries.Add(fields);
        }

        return entries.Count == count
            ? entries
            : throw new CorruptFileException(path, $"line 2: expected {count} entries, found {entries.Count}");
    }

    public static long Number(string path, string text, int line) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new CorruptFileException(path, $"line {line}: '{text}' is not a number");

    public static int Number32(string path, string text, int line) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new CorruptFileException(path, $"line {line}: '{text}' is not a 32-bit number");

    /// <summary>Lines as Java's reader sees them: ended by \n, \r or \r\n; no empty line after the last end.</summary>
    internal static List<string> Lines(string text)
    {
        var lines = new List<string>(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n'));
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }
}
