using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Moldau.Tidy;

/// <summary>The checkout that the tests stand in: where it is, which files it holds, what they say.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static readonly string[] SourceFolders = ["src", "tests", "tools", "sim", "bench"];

    /// <summary>Every C# file written by hand, with its path relative to the root.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } = LoadSources();

    public static IEnumerable<string> Projects() =>
        SourceFolders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);

    private static List<SourceFile> LoadSources() =>
        SourceFolders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.EndsWith(".g.cs", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => Load(path))
            .ToList();

    private static SourceFile Load(string path)
    {
        var text = File.ReadAllText(path);
        var tree = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Latest)).GetRoot();
        return new SourceFile(Path.GetRelativePath(Root, path), text, tree);
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Moldau.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("Moldau.slnx was not found above " + AppContext.BaseDirectory);
    }
}
