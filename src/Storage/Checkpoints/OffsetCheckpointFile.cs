using System.Globalization;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// An offset per partition, one file per log directory: recovery points, high watermarks, log start offsets, cleaner offsets. Replaced as a whole,
/// atomically.
/// Calls may come from any thread; concurrent writes are ordered by an inner lock.
/// </summary>
public sealed class OffsetCheckpointFile(IDisk disk, string path)
{
    private readonly Lock gate = new();

    public string Path { get; } = path;

    /// <summary>The offsets; empty when there is no file.</summary>
    /// <exception cref="CorruptFileException">The file holds something else.</exception>
    public Dictionary<TopicPartition, long> Read()
    {
        lock (gate)
        {
            return AtomicFile.ReadText(disk, Path) is { } text ? Parse(Path, text) : [];
        }
    }

    /// <summary>Replaces all offsets.</summary>
    public void Write(IReadOnlyCollection<KeyValuePair<TopicPartition, long>> offsets)
    {
        lock (gate)
        {
            AtomicFile.Write(disk, Path, Format(offsets));
        }
    }

    /// <summary>The text of the file.</summary>
    public static string Format(IReadOnlyCollection<KeyValuePair<TopicPartition, long>> offsets)
    {
        var text = CheckpointText.Begin(offsets.Count);
        foreach (var (partition, offset) in offsets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{partition.Topic} {partition.Partition.Value} {offset}\n");
        }

        return text.ToString();
    }

    /// <summary>Reads the text of a file; of several lines for one partition the last counts.</summary>
    public static Dictionary<TopicPartition, long> Parse(string path, string text)
    {
        var entries = CheckpointText.Read(path, text, fieldCount: 3);
        var offsets = new Dictionary<TopicPartition, long>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var fields = entries[i];
            var line = CheckpointText.FirstEntryLine + i;
            offsets[new TopicPartition(fields[0], CheckpointText.Number32(path, fields[1], line))] = CheckpointText.Number(path, fields[2], line);
        }

        return offsets;
    }
}
