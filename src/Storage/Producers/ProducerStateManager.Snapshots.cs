using Moldau.Runtime;

namespace Moldau.Storage;

internal sealed partial class ProducerStateManager
{
    private readonly SortedSet<long> snapshots = [];
    private long lastSnapshotOffset;
    private string home = directory;

    public long? LatestSnapshotOffset => snapshots.Count > 0 ? snapshots.Max : null;

    public long? OldestSnapshotOffset => snapshots.Count > 0 ? snapshots.Min : null;

    /// <summary>The partition's directory has been renamed.</summary>
    public void DirectoryMoved(string to) => home = to;

    /// <summary>Takes note of the snapshot files in the directory.</summary>
    public void FindSnapshots(IEnumerable<string> fileNames)
    {
        snapshots.Clear();
        foreach (var name in fileNames)
        {
            if (name.EndsWith(LogFileNames.ProducerSnapshotSuffix, StringComparison.Ordinal) && LogFileNames.TryOffset(name, out var offset))
            {
                snapshots.Add(offset);
            }
        }
    }

    /// <summary>Deletes snapshots that belong to no segment, but for the newest one when it lies behind the last segment's start: a clean stop leaves it
    /// there.</summary>
    public void RemoveStraySnapshots(IReadOnlyCollection<long> baseOffsets)
    {
        var bases = new HashSet<long>(baseOffsets);
        long? latestStray = null;
        foreach (var offset in snapshots.ToArray())
        {
            if (!bases.Contains(offset))
            {
                if (latestStray is { } previous)
                {
                    DeleteSnapshot(previous);
                }

                latestStray = offset;
            }
        }

        if (latestStray is { } stray && bases.Count > 0 && stray < bases.Max())
        {
            DeleteSnapshot(stray);
        }
    }

    /// <summary>Writes the state at <see cref="MapEndOffset"/> unless there is a snapshot of it; the offset of the file, or null.</summary>
    public long? TakeSnapshot(bool sync)
    {
        if (MapEndOffset <= lastSnapshotOffset)
        {
            return null;
        }

        var entries = new List<ProducerStateEntry>(producers.Values);
        entries.Sort(static (left, right) => left.ProducerId.CompareTo(right.ProducerId));
        using (var file = disk.Open(SnapshotPath(MapEndOffset), DiskOpenMode.Truncate))
        {
            file.Write(ProducerSnapshot.Format(entries), 0);
            if (sync)
            {
                file.Sync(dataOnly: false);
            }
        }

        snapshots.Add(MapEndOffset);
        lastSnapshotOffset = MapEndOffset;
        return MapEndOffset;
    }

    /// <summary>Makes a snapshot that was written on a roll durable, if it is still there.</summary>
    public void SyncSnapshot(long offset)
    {
        if (disk.FileExists(SnapshotPath(offset)))
        {
            using var file = disk.Open(SnapshotPath(offset), DiskOpenMode.ReadWrite);
            file.Sync(dataOnly: false);
        }
    }

    /// <summary>Drops what lies outside of the log and loads the newest snapshot that is left; what is behind it must be replayed.</summary>
    public void TruncateAndReload(long logStartOffset, long logEndOffset, long nowMs, long expirationMs)
    {
        foreach (var offset in snapshots.Where(offset => offset > logEndOffset || offset <= logStartOffset).ToArray())
        {
            DeleteSnapshot(offset);
        }

        if (logEndOffset == MapEndOffset)
        {
            OnLogStart(logStartOffset);
            return;
        }

        Clear();
        LoadSnapshot(logStartOffset, nowMs, expirationMs);
    }

    /// <summary>Forgets everything; the state stands for <paramref name="offset"/>.</summary>
    public void TruncateFullyAndStartAt(long offset)
    {
        Clear();
        foreach (var snapshot in snapshots.ToArray())
        {
            DeleteSnapshot(snapshot);
        }

        lastSnapshotOffset = 0;
        MapEndOffset = offset;
    }

    /// <summary>Deletes the snapshot that belongs to a segment which has been deleted.</summary>
    public void DeleteSnapshot(long offset)
    {
        if (snapshots.Remove(offset))
        {
            disk.DeleteFile(SnapshotPath(offset));
        }
    }

    /// <summary>Renames the snapshot of a segment that waits to be deleted; the new path, or null when there is none.</summary>
    public string? MarkSnapshotDeleted(long offset)
    {
        if (!snapshots.Remove(offset) || !disk.FileExists(SnapshotPath(offset)))
        {
            return null;
        }

        var deleted = SnapshotPath(offset) + LogFileNames.DeletedSuffix;
        disk.Move(SnapshotPath(offset), deleted);
        return deleted;
    }

    private void Clear()
    {
        producers.Clear();
        ongoing.Clear();
        unreplicated.Clear();
    }

    private void LoadSnapshot(long logStartOffset, long nowMs, long expirationMs)
    {
        while (LatestSnapshotOffset is { } offset)
        {
            try
            {
                foreach (var entry in ProducerSnapshot.Parse(SnapshotPath(offset), AtomicFile.Read(disk, SnapshotPath(offset)) ?? []))
                {
                    if (!IsExpired(entry, nowMs, expirationMs))
                    {
                        Load(entry);
                    }
                }

                lastSnapshotOffset = offset;
                MapEndOffset = offset;
                return;
            }
            catch (CorruptFileException)
            {
                // An older snapshot and the batches behind it give the same state.
                DeleteSnapshot(offset);
            }
        }

        lastSnapshotOffset = logStartOffset;
        MapEndOffset = logStartOffset;
    }

    private void Load(ProducerStateEntry entry)
    {
        producers[entry.ProducerId] = entry;
        if (entry.HasTransaction)
        {
            ongoing[entry.CurrentTransactionFirstOffset] = new OpenTransaction(entry.ProducerId, new LogOffsetMetadata(entry.CurrentTransactionFirstOffset));
        }
    }

    private string SnapshotPath(long offset) => $"{home}/{LogFileNames.ProducerSnapshot(offset)}";
}
