using System.Globalization;
using System.Text;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary><c>partition.metadata</c>: the topic id of a partition's directory (KIP-516). Written once; without a newline at its end, as Kafka writes
/// it.</summary>
public static class PartitionMetadataFile
{
    private const string VersionPrefix = "version: ";
    private const string TopicIdPrefix = "topic_id: ";
    private const int UuidLength = 22;
    private const int UsualLength = 21 + UuidLength;

    private static ReadOnlySpan<byte> UsualStart => "version: 0\ntopic_id: "u8;

    public static string Format(Uuid topicId) => $"{VersionPrefix}0\n{TopicIdPrefix}{topicId}";

    /// <exception cref="CorruptFileException">The text is something else.</exception>
    public static Uuid Parse(string path, string text)
    {
        var lines = CheckpointText.Lines(text);
        if (lines.Count < 2 || !lines[0].StartsWith(VersionPrefix, StringComparison.Ordinal)
            || !int.TryParse(lines[0].AsSpan(VersionPrefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            throw new CorruptFileException(path, $"line 1 is '{(lines.Count == 0 ? "" : lines[0])}', expected '{VersionPrefix}0', then the topic id");
        }

        if (!lines[1].StartsWith(TopicIdPrefix, StringComparison.Ordinal) || !Uuid.TryParse(lines[1][TopicIdPrefix.Length..], out var topicId)
            || topicId.IsZero)
        {
            throw new CorruptFileException(path, $"line 2 is '{lines[1]}', expected '{TopicIdPrefix}' and a topic id");
        }

        return topicId;
    }

    /// <summary>
    /// The topic id in a partition's directory; null when there is no file, or one that is empty or zeros, which a power loss leaves of a file that was not synced: that of a partition never used.
    /// </summary>
    public static Uuid? Read(IDisk disk, string partitionDirectory)
    {
        // A start reads one in each directory: the file that there is nearly always costs three calls.
        var path = $"{partitionDirectory}/{LogFileNames.PartitionMetadata}";
        Span<byte> content = stackalloc byte[UsualLength + 1];
        int length;
        try
        {
            using var file = disk.Open(path, DiskOpenMode.Read);
            length = file.Read(content, 0);
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NotFound)
        {
            return null;
        }

        if (TryParseUsual(content[..length]) is { } topicId)
        {
            return topicId;
        }

        return AtomicFile.ReadText(disk, path) is { } text && text.AsSpan().ContainsAnyExcept('\0') ? Parse(path, text) : null;
    }

    /// <summary>The id in exactly what <see cref="Format"/> makes; null for everything else.</summary>
    private static Uuid? TryParseUsual(ReadOnlySpan<byte> content)
    {
        if (content.Length != UsualLength || !content.StartsWith(UsualStart))
        {
            return null;
        }

        return Uuid.TryParse(Encoding.ASCII.GetString(content[UsualStart.Length..]), out var topicId) && !topicId.IsZero ? topicId : default(Uuid?);
    }

    /// <summary>As <see cref="Write"/> without a wait for the device: <see cref="Sync"/> comes with the partition's first use.</summary>
    public static void WriteWithoutSync(IDisk disk, string partitionDirectory, Uuid topicId) =>
        AtomicFile.WriteWithoutSync(disk, $"{partitionDirectory}/{LogFileNames.PartitionMetadata}", Encoding.UTF8.GetBytes(Format(topicId)));

    /// <summary>Has the file's content on the device, when there is a file; its name is the directory's.</summary>
    public static void Sync(IDisk disk, string partitionDirectory)
    {
        var path = $"{partitionDirectory}/{LogFileNames.PartitionMetadata}";
        if (disk.FileExists(path))
        {
            using var file = disk.Open(path, DiskOpenMode.ReadWrite);
            file.Sync(dataOnly: false);
        }
    }

    public static void Write(IDisk disk, string partitionDirectory, Uuid topicId) =>
        AtomicFile.Write(disk, $"{partitionDirectory}/{LogFileNames.PartitionMetadata}", Format(topicId));
}
