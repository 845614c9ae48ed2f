using Moldau.Metadata;
using Moldau.Raft;
using Moldau.Runtime;

namespace Moldau.Controller;

/// <summary>
/// <c>bootstrap.checkpoint</c>, where Apache Kafka up to 4.3 keeps what an empty metadata log begins with. Kafka 4.4 and <see cref="StorageFormatter"/> write the snapshot 0-0 instead.
/// </summary>
public static class BootstrapFile
{
    private const string Name = "bootstrap.checkpoint";

    /// <summary>The records of the file; none when there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IReadOnlyList<MetadataRecord> Read(IDisk disk, string metadataDirectory)
    {
        string path = $"{metadataDirectory}/{Name}";
        return disk.FileExists(path)
            ? [.. SnapshotFiles.ReadBatches(disk, path).Where(batch => !batch.IsControl).SelectMany(batch => batch.Records).Select(MetadataRecordSerde.Read)]
            : [];
    }
}
