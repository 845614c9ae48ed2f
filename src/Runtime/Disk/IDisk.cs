namespace Moldau.Runtime;

/// <summary>
/// The file system, at the granularity of batches. All calls block; whoever runs on a socket's completion thread hands them to a worker when they may wait for the device.
/// Paths are absolute or relative to the working directory, with '/' between parts. Everything that fails throws <see cref="DiskException"/>.
/// Create, rename and delete are durable only after <see cref="SyncDirectory"/> of the parent.
/// </summary>
public interface IDisk
{
    IDiskFile Open(string path, DiskOpenMode mode);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>Makes the directory and its missing parents; nothing happens when it exists.</summary>
    void CreateDirectory(string path);

    /// <summary>The names in a directory, in ordinal order, without "." and "..". Costs one listing, no stat per entry.</summary>
    IReadOnlyList<DiskEntry> List(string path);

    /// <summary>Deletes a file; false when there was none.</summary>
    bool DeleteFile(string path);

    /// <summary>Deletes a directory with all that is in it; false when there was none.</summary>
    bool DeleteDirectory(string path);

    /// <summary>Renames a file or directory, replacing a file at <paramref name="to"/> atomically.</summary>
    void Move(string from, string to);

    /// <summary>fsync of a directory: makes creates, renames and deletes in it durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Time of last modification of a file.</summary>
    DateTimeOffset LastModified(string path);

    /// <summary>Sets the time of last modification of a file (Kafka keeps the largest timestamp of old segments there).</summary>
    void SetLastModified(string path, DateTimeOffset time);

    /// <summary>Size and free space of the volume that holds <paramref name="path"/>.</summary>
    DiskSpace Space(string path);

    /// <summary>
    /// Takes the exclusive lock on the file (made when missing) that Apache Kafka takes on <c>.lock</c>; null when another process or another lock of this one holds it.
    /// Disposing releases it.
    /// </summary>
    IDisposable? TryLock(string path);
}
