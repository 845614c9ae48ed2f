using System.Globalization;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Raft;

/// <summary>
/// The snapshots in a metadata log's directory: <c>offset-epoch.checkpoint</c>, written as <c>.part</c> and renamed when whole (KIP-630). Any thread may
/// call it.
/// </summary>
public sealed class SnapshotFiles(IDisk disk, string directory)
{
    private const string PartSuffix = ".part";
    private const int NameLength = 31;

    public string Directory => directory;

    internal IDisk Disk => disk;

    public string PathOf(OffsetAndEpoch id) => $"{directory}/{LogFileNames.MetadataSnapshot(id.Offset, id.Epoch)}";

    /// <summary>All whole snapshots, oldest first. Parts and deleted ones do not count.</summary>
    public IReadOnlyList<OffsetAndEpoch> List()
    {
        List<OffsetAndEpoch> ids = [];
        foreach (DiskEntry entry in disk.List(directory))
        {
            if (!entry.IsDirectory && TryParse(entry.Name, LogFileNames.MetadataSnapshotSuffix, out OffsetAndEpoch id))
            {
                ids.Add(id);
            }
        }
        ids.Sort((left, right) => left.Offset.CompareTo(right.Offset));
        return ids;
    }

    /// <summary>Removes what a crash left: parts, and files marked as deleted.</summary>
    public void RemoveLeftovers()
    {
        foreach (DiskEntry entry in disk.List(directory))
        {
            bool isLeftover = !entry.IsDirectory
                && (entry.Name.EndsWith(LogFileNames.MetadataSnapshotSuffix + PartSuffix, StringComparison.Ordinal)
                    || entry.Name.EndsWith(LogFileNames.MetadataSnapshotSuffix + LogFileNames.DeletedSuffix, StringComparison.Ordinal));
            if (isLeftover)
            {
                disk.DeleteFile($"{directory}/{entry.Name}");
            }
        }
    }

    public long SizeOf(OffsetAndEpoch id)
    {
        using IDiskFile file = disk.Open(PathOf(id), DiskOpenMode.Read);
        return file.Length;
    }

    /// <summary>Bytes of a snapshot for a follower, and the size of the whole.</summary>
    public (long SizeBytes, ReadOnlyMemory<byte> Bytes) ReadChunk(OffsetAndEpoch id, long position, int bytesMax)
    {
        using IDiskFile file = disk.Open(PathOf(id), DiskOpenMode.Read);
        byte[] bytes = new byte[Math.Clamp(file.Length - position, 0, bytesMax)];
        int read = file.Read(bytes, position);
        return (file.Length, bytes.AsMemory(0, read));
    }

    /// <summary>Reads and checks a snapshot: its batches with the control batches, in order.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not whole.</exception>
    public IReadOnlyList<RaftBatch> ReadBatches(OffsetAndEpoch id) => ReadBatches(disk, PathOf(id));

    /// <summary>Reads a snapshot for a listener.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not whole.</exception>
    public RaftSnapshot Read(OffsetAndEpoch id)
    {
        IReadOnlyList<RaftBatch> batches = ReadBatches(id);
        List<CommittedBatch> data = [];
        long size = 0;
        foreach (RaftBatch batch in batches)
        {
            size += batch.Bytes.Length;
            if (!batch.IsControl)
            {
                data.Add(ToCommitted(batch));
            }
        }
        return new RaftSnapshot(id, RaftBatchCodec.SnapshotTimestamp(batches[0]) ?? -1, data, size);
    }

    /// <summary>Reads any checkpoint file, <c>bootstrap.checkpoint</c> of older formats included.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not whole.</exception>
    public static IReadOnlyList<RaftBatch> ReadBatches(IDisk disk, string path)
    {
        byte[] bytes = AtomicFile.Read(disk, path) ?? throw new InvalidDataException($"{path} is missing");
        try
        {
            List<RaftBatch> batches = RaftBatchCodec.Decode(bytes);
            bool isWhole = batches.Count >= 2 && RaftBatchCodec.SnapshotTimestamp(batches[0]) is not null && RaftBatchCodec.IsSnapshotFooter(batches[^1]);
            return isWhole ? batches : throw new InvalidDataException("header or footer is missing");
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"the snapshot {path} is damaged: {damage.Message}", damage);
        }
    }

    /// <summary>Puts bytes from the leader into the part file.</summary>
    public void StorePart(OffsetAndEpoch id, long position, ReadOnlyMemory<byte> bytes)
    {
        using IDiskFile file = disk.Open(PathOf(id) + PartSuffix, position == 0 ? DiskOpenMode.Truncate : DiskOpenMode.ReadWrite);
        file.Write(bytes.Span, position);
    }

    /// <summary>Syncs the part file and gives it its name.</summary>
    public void CompletePart(OffsetAndEpoch id)
    {
        using (IDiskFile file = disk.Open(PathOf(id) + PartSuffix, DiskOpenMode.ReadWrite))
        {
            file.Sync(dataOnly: false);
        }
        disk.Move(PathOf(id) + PartSuffix, PathOf(id));
        disk.SyncDirectory(directory);
    }

    public void Delete(OffsetAndEpoch id) => disk.DeleteFile(PathOf(id));

    internal static CommittedBatch ToCommitted(RaftBatch batch) =>
        new(batch.BaseOffset, batch.LastOffset, batch.Epoch, batch.TimestampMs, batch.Bytes.Length, batch.IsControl, batch.Records);

    private static bool TryParse(string name, string suffix, out OffsetAndEpoch id)
    {
        id = default;
        if (name.Length != NameLength + suffix.Length || !name.EndsWith(suffix, StringComparison.Ordinal) || name[20] != '-'
            || !long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            || !int.TryParse(name.AsSpan(21, 10), NumberStyles.None, CultureInfo.InvariantCulture, out int epoch))
        {
            return false;
        }
        id = new OffsetAndEpoch(offset, epoch);
        return true;
    }
}
