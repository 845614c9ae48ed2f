using System.IO.Compression;
using System.Text.Json;

namespace Moldau.Protocol.Tests;

/// <summary>Finds the repository, and the data that may lie in it or beside it.</summary>
public static class RepositoryFolder
{
    public static string Root { get; } = FindRoot();

    public static string Schemas => Path.Combine(Root, "schemas");

    /// <summary>The folder of facts beside the repository.</summary>
    public static string Shared => Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>The golden lines of one message file: all of them when they lie beside the repository, else the committed sample.</summary>
    public static IEnumerable<JsonElement> GoldenLines(string name)
    {
        string file = Path.Combine("messages", name + ".jsonl.gz");
        string path = new[] { Path.Combine(Shared, "golden", file), Path.Combine(Root, "tests", "golden-data", file) }.First(File.Exists);
        using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Moldau.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"no Moldau.slnx above {AppContext.BaseDirectory}");
        }
        return folder;
    }
}
