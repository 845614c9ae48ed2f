namespace Moldau.Golden.Tests;

/// <summary>Where golden files lie: a sample in the repository, and all of them beside it on machines that have them.</summary>
public static class GoldenFiles
{
    private static readonly string[] Folders = ["messages", "batches", "vectors"];

    /// <summary>The folder of the repository, found from where the tests were built.</summary>
    private static readonly string Root = FindRoot();

    /// <summary>The committed sample.</summary>
    public static TheoryData<string> Sample => new(FilesIn(Path.Combine(Root, "tests", "golden")));

    /// <summary>All golden files, or one entry that says where they would be.</summary>
    public static TheoryData<string> All
    {
        get
        {
            var folder = Path.GetFullPath(Path.Combine(Root, "..", "shared", "golden"));
            return new(Directory.Exists(folder) ? FilesIn(folder) : [Path.Combine("..", "shared", "golden")]);
        }
    }

    /// <summary>The path of a file named by <see cref="Sample"/> or <see cref="All"/>.</summary>
    public static string PathOf(string name) => Path.GetFullPath(Path.Combine(Root, name));

    private static IEnumerable<string> FilesIn(string folder) => Folders
        .Select(kind => Path.Combine(folder, kind))
        .Where(Directory.Exists)
        .SelectMany(GoldenRun.FilesIn)
        .Select(path => Path.GetRelativePath(Root, path));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Moldau.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"no Moldau.slnx above {AppContext.BaseDirectory}");
        }

        return folder;
    }
}
