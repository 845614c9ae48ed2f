using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Host;

/// <summary>The directories that a node keeps its logs in, as the storage commands see them.</summary>
internal static class StorageDirectories
{
    public const string MetaProperties = "meta.properties";

    /// <summary>log.dirs and the metadata directory, each once, in order of name.</summary>
    public static IReadOnlyList<string> Of(NodeConfiguration configuration) =>
        [.. configuration.LogDirs.Append(configuration.MetadataLogDir).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Unformatted(IDisk disk, IReadOnlyList<string> directories) =>
        [.. directories.Where(directory => !disk.FileExists($"{directory}/{MetaProperties}"))];

    /// <summary>
    /// A node may give itself a cluster id only where it is the whole quorum: the members of a larger one must be formatted with the same id.
    /// </summary>
    public static void CheckMayFormatItself(NodeConfiguration configuration)
    {
        bool alone = configuration.IsController
            && (configuration.QuorumVoters.Count > 0 ? configuration.QuorumVoters.Count == 1 : configuration.QuorumBootstrapServers.Count == 1);
        if (!alone)
        {
            throw new StorageException(
                "the directory is not formatted, and this node is not the only controller of its cluster: format all nodes with one cluster id, moldau storage format -t ID -c FILE");
        }
    }

    /// <summary>The properties of a formatted directory; null when it has none.</summary>
    public static Dictionary<string, string>? ReadMeta(IDisk disk, string directory)
    {
        string path = $"{directory}/{MetaProperties}";
        if (!disk.FileExists(path))
        {
            return null;
        }

        using IDiskFile file = disk.Open(path, DiskOpenMode.Read);
        byte[] bytes = new byte[file.Length];
        int length = file.Read(bytes, 0);
        return PropertiesReader.Read(bytes.AsSpan(0, length));
    }
}
