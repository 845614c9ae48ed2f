using System.Globalization;
using System.Text;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// <c>meta.properties</c>: which cluster and node a log directory belongs to, and the directory's own id (KIP-858). Version 0 comes from ZooKeeper's days
/// and has <c>broker.id</c>;
/// version 1 requires cluster and node.
/// </summary>
public sealed record MetaProperties(int Version, string? ClusterId, int? NodeId, Uuid? DirectoryId)
{
    public const int CurrentVersion = 1;

    private const string VersionKey = "version";
    private const string ClusterKey = "cluster.id";
    private const string NodeKey = "node.id";
    private const string BrokerKey = "broker.id";
    private const string DirectoryKey = "directory.id";

    /// <summary>The text as Java's properties writer gives it, with the time in its comment.</summary>
    public string Format(DateTimeOffset now)
    {
        var text = new StringBuilder("#\n#").Append(now.UtcDateTime.ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture)).Append('\n');
        if (Version == 0)
        {
            Append(text, BrokerKey, NodeId?.ToString(CultureInfo.InvariantCulture));
        }

        Append(text, ClusterKey, ClusterId);
        Append(text, DirectoryKey, DirectoryId?.ToString());
        if (Version != 0)
        {
            Append(text, NodeKey, NodeId?.ToString(CultureInfo.InvariantCulture));
        }

        Append(text, VersionKey, Version.ToString(CultureInfo.InvariantCulture));
        return text.ToString();
    }

    /// <exception cref="CorruptFileException">The text is something else.</exception>
    public static MetaProperties Parse(string path, string text)
    {
        var properties = JavaProperties.Parse(text);
        var version = Number(path, properties, VersionKey) ?? 0;
        if (version is < 0 or > CurrentVersion)
        {
            throw new CorruptFileException(path, $"unknown version {version} of meta.properties, known are 0 and 1");
        }

        properties.TryGetValue(ClusterKey, out var clusterId);
        var nodeId = Number(path, properties, version == 0 ? BrokerKey : NodeKey);
        if (version >= 1 && clusterId is null)
        {
            throw new CorruptFileException(path, $"{ClusterKey} is missing");
        }

        if (version >= 1 && nodeId is null)
        {
            throw new CorruptFileException(path, $"{NodeKey} is missing");
        }

        Uuid? directoryId = null;
        if (properties.TryGetValue(DirectoryKey, out var directory))
        {
            directoryId = Uuid.TryParse(directory, out var parsed)
                ? parsed
                : throw new CorruptFileException(path, $"{DirectoryKey} is '{directory}', expected 22 characters of URL-safe base64");
        }

        return new MetaProperties(version, clusterId, nodeId, directoryId);
    }

    /// <summary>What the log directory says; null when it has not been formatted.</summary>
    public static MetaProperties? Read(IDisk disk, string logDirectory)
    {
        var path = $"{logDirectory}/{LogFileNames.MetaProperties}";
        return AtomicFile.ReadText(disk, path) is { } text ? Parse(path, text) : null;
    }

    public void Write(IDisk disk, string logDirectory, DateTimeOffset now) =>
        AtomicFile.Write(disk, $"{logDirectory}/{LogFileNames.MetaProperties}", Format(now));

    private static void Append(StringBuilder text, string key, string? value)
    {
        if (value is not null)
        {
            text.Append(key).Append('=').Append(JavaProperties.EscapeValue(value)).Append('\n');
        }
    }

    private static int? Number(string path, Dictionary<string, string> properties, string key)
    {
        if (!properties.TryGetValue(key, out var value))
        {
            return null;
        }

        return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CorruptFileException(path, $"{key} is '{value}', expected a number");
    }
}
