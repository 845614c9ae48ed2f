namespace Moldau.Golden;

/// <summary>Runs every suite of this assembly over files and folders.</summary>
public static class GoldenRun
{
    private static readonly IGoldenSuite[] Suites = typeof(IGoldenSuite).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IGoldenSuite).IsAssignableFrom(type))
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .Select(type => (IGoldenSuite)Activator.CreateInstance(type)!)
        .ToArray();

    /// <summary>The golden files in a folder and all below it, in the order of their names; or the file itself.</summary>
    public static IReadOnlyList<string> FilesIn(string path) => File.Exists(path)
        ? [path]
        : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsGolden).Order(StringComparer.Ordinal).ToList();

    /// <summary>Runs the suite that reads such a file. Lines that no suite reads differ.</summary>
    public static GoldenResult Check(string path)
    {
        var suite = Suites.FirstOrDefault(suite => suite.Matches(Path.GetFileName(path)));
        if (suite is not null)
        {
            return suite.Check(path);
        }

        var unread = new GoldenResult();
        foreach (var line in GoldenLines.Of(path))
        {
            unread.CountDifference($"no suite reads {Path.GetFileName(path)}: {GoldenText.Cut(line)}");
        }

        return unread;
    }

    private static bool IsGolden(string path) =>
        GoldenLines.NameOf(path) is not null || Suites.Any(suite => suite.Matches(Path.GetFileName(path)));
}
