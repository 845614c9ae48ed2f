using System.IO.Compression;
using System.Text;

namespace Moldau.Golden;

/// <summary>The lines of a golden file, which may be compressed with gzip.</summary>
public static class GoldenLines
{
    /// <summary>Reads the lines one by one; empty ones are left out.</summary>
    public static IEnumerable<string> Of(string path)
    {
        using Stream file = File.OpenRead(path);
        using var plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    /// <summary>The name of a file without its folder and its <c>.jsonl</c> or <c>.jsonl.gz</c>; null when it is no file of lines.</summary>
    public static string? NameOf(string fileName)
    {
        var plain = fileName.EndsWith(".gz", StringComparison.Ordinal) ? fileName[..^".gz".Length] : fileName;
        return plain.EndsWith(".jsonl", StringComparison.Ordinal) ? Path.GetFileName(plain)[..^".jsonl".Length] : null;
    }
}
