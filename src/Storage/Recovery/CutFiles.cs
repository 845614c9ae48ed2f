using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// What recovery cuts off a log stays for a while beside it, in files <c>cut-OFFSET-MILLISECONDS</c> of the partition's directory: OFFSET is where the log ended then, the time is that of the
/// cut. A file holds the bytes as they lay in the segment, so that whoever must can read batches behind the damage. Apache Kafka leaves files with such names alone. Used by one thread.
/// </summary>
/// <remarks>Bounded: at most <see cref="KeptBytesMax"/> for a partition, and gone after <see cref="KeptDays"/> days. Without space nothing is kept; recovery goes on.</remarks>
internal sealed class CutFiles(LogEnvironment environment, TopicPartition partition, string directory)
{
    public const long KeptBytesMax = 256L << 20;
    public const int KeptDays = 7;

    private const string Prefix = "cut-";
    private const int CopyBytes = 1 << 20;
    private const long KeptMs = KeptDays * 24L * 60 * 60 * 1000;

    private readonly IDisk disk = environment.Disk;
    private long keptBytes;

    /// <summary>Schedules the deletion of what earlier recoveries kept. Called once, with the names in the directory.</summary>
    public void Found(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (TryParse(name, out _, out var cutMs))
            {
                DeleteLater($"{directory}/{name}", cutMs + KeptMs);
            }
        }
    }

    /// <summary>Reads a file's name: the offset at which the log ended, and when it was cut.</summary>
    public static bool TryParse(string name, out long endOffset, out long cutMs)
    {
        (endOffset, cutMs) = (0, 0);
        var dash = name.LastIndexOf('-');
        return name.StartsWith(Prefix, StringComparison.Ordinal) && dash > Prefix.Length
            && long.TryParse(name.AsSpan(Prefix.Length, dash - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out endOffset)
            && long.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out cutMs);
    }

    /// <summary>Called before a segment is cut at <paramref name="position"/>, where the log ends with <paramref name="endOffset"/>.</summary>
    public void BeforeCut(Segment segment, int position, long endOffset)
    {
        var bytes = segment.Size - position;
        if (IsZero(segment, position))
        {
            environment.Logger.LogInformation("{Partition}: {Bytes} zero bytes behind offset {End} are room that was not used; the file is cut.", partition, bytes, endOffset);
            return;
        }

        var kept = bytes <= KeptBytesMax - keptBytes ? Name(endOffset) : null;
        if (kept is not null && !TryCopy(segment, position, kept))
        {
            kept = null;
        }

        Report(segment, position, bytes, endOffset, kept);
    }

    /// <summary>Takes away a segment that lies behind the end of the log.</summary>
    /// <param name="segment">The segment; its log file gets another name.</param>
    /// <param name="endOffset">Where the log ends.</param>
    /// <param name="isBounded">False for a log that is taken away whole, because of what a small file says that may be damaged itself.</param>
    public void TakeAway(Segment segment, long endOffset, bool isBounded = true)
    {
        var bytes = segment.Size;
        string? kept = null;
        if (bytes > 0 && (!isBounded || bytes <= KeptBytesMax - keptBytes))
        {
            kept = Name(segment.BaseOffset);
            segment.Log.Close();
            disk.Move(segment.Log.Path, kept);
            Kept(kept, bytes);
        }

        Report(segment, 0, bytes, endOffset, kept);
        segment.Delete();
    }

    private static bool IsZero(Segment segment, int position)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            using var lease = segment.Log.Lease();
            int read;
            for (long at = position; at < segment.Size && (read = lease.File.Read(buffer, at)) > 0; at += read)
            {
                if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string Name(long offset)
    {
        var now = environment.NowMs;
        string path;
        do
        {
            path = $"{directory}/{Prefix}{LogFileNames.Prefix(offset)}-{now.ToString(CultureInfo.InvariantCulture)}";
            now++;
        }
        while (disk.FileExists(path));
        return path;
    }

    private bool TryCopy(Segment segment, int position, string path)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            using var file = disk.Open(path, DiskOpenMode.CreateNew);
            using var lease = segment.Log.Lease();
            int read;
            for (long at = position; at < segment.Size && (read = lease.File.Read(buffer, at)) > 0; at += read)
            {
                file.Write(buffer.AsSpan(0, read), at - position);
            }

            file.Sync(dataOnly: false);
            disk.SyncDirectory(directory);
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NoSpace)
        {
            disk.DeleteFile(path);
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Kept(path, segment.Size - position);
        return true;
    }

    private void Kept(string path, long bytes)
    {
        keptBytes += bytes;
        DeleteLater(path, environment.NowMs + KeptMs);
    }

    /// <summary>The topic may be gone by then, and its directory have another name: then the file goes with it.</summary>
    private void DeleteLater(string path, long dueMs) => environment.Deletes.Add(dueMs, () => disk.DeleteFile(path));

    private void Report(Segment segment, int position, int bytes, long endOffset, string? kept) => environment.Logger.LogWarning(
        "{Partition}: the log ends at offset {End}; {Bytes} bytes from position {Position} of {Segment} on are damaged or lie behind the damage, and are cut off. {Kept}",
        partition, endOffset, bytes, position, segment,
        kept is not null ? $"They are kept in {kept} for {KeptDays} days." : bytes > 0 ? $"They are not kept: there is no space, or more than {KeptBytesMax} bytes are kept already." : "");
}
