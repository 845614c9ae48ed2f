using System.Formats.Tar;
using System.IO.Compression;

namespace Moldau.Raft.Tests;

/// <summary>What Apache Kafka wrote, beside the repository; tests of it are skipped when it is missing.</summary>
internal static class Shared
{
    /// <summary>The files of a data directory, by path below it.</summary>
    public static Dictionary<string, byte[]> Directory(string name)
    {
        string path = Path("golden", "dirs", name + ".tar.gz");
        Dictionary<string, byte[]> files = [];
        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                var bytes = new MemoryStream();
                data.CopyTo(bytes);
                files.Add(entry.Name.TrimStart('.', '/'), bytes.ToArray());
            }
        }
        return files;
    }

    public static string[] Lines(params string[] parts) => File.ReadAllLines(Path(parts));

    private static string Path(params string[] parts)
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            if (File.Exists(System.IO.Path.Combine(at, "Moldau.slnx")))
            {
                string path = System.IO.Path.Combine([System.IO.Path.GetDirectoryName(at)!, "shared", .. parts]);
                Assert.SkipUnless(File.Exists(path), $"{string.Join('/', parts)} is not beside the repository, in ../shared");
                return path;
            }
        }
        Assert.Skip("the repository's root was not found");
        return "";
    }
}
