using System.Text;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>Whole small files: read at once, replaced atomically. After <see cref="Write(IDisk, string, ReadOnlySpan{byte})"/> returns, a crash finds the
/// old content or the new one, never a mixture.</summary>
public static class AtomicFile
{
    private const string TemporarySuffix = ".tmp";

    /// <summary>Writes a temporary file beside, syncs it, renames it over <paramref name="path"/> and syncs the directory.</summary>
    public static void Write(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + TemporarySuffix;
        using (var file = disk.Open(temporary, DiskOpenMode.Truncate))
        {
            file.Write(content, 0);
            file.Sync(dataOnly: false);
        }

        disk.Move(temporary, path);
        disk.SyncDirectory(Parent(path));
    }

    /// <summary>The same without a wait for the device: whole for whoever looks, also after the process was killed, but after a power loss it may be missing or empty.</summary>
    public static void WriteWithoutSync(IDisk disk, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + TemporarySuffix;
        using (var file = disk.Open(temporary, DiskOpenMode.Truncate))
        {
            file.Write(content, 0);
        }

        disk.Move(temporary, path);
    }

    /// <summary>The same for text, as UTF-8.</summary>
    public static void Write(IDisk disk, string path, string text) => Write(disk, path, Encoding.UTF8.GetBytes(text));

    /// <summary>All bytes of a file; null when there is none.</summary>
    public static byte[]? Read(IDisk disk, string path)
    {
        if (!disk.FileExists(path))
        {
            return null;
        }

        using var file = disk.Open(path, DiskOpenMode.Read);
        var content = new byte[file.Length];
        var read = 0;
        while (read < content.Length)
        {
            var count = file.Read(content.AsSpan(read), read);
            if (count == 0)
            {
                return content[..read];
            }

            read += count;
        }

        return content;
    }

    /// <summary>The text of a file; null when there is none.</summary>
    public static string? ReadText(IDisk disk, string path) => Read(disk, path) is { } content ? Encoding.UTF8.GetString(content) : null;

    internal static string Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : path[..slash];
    }
}
