using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Moldau.Tidy;

/// <summary>One C# file written by hand.</summary>
internal sealed record SourceFile(string Path, string Text, CompilationUnitSyntax Syntax)
{
    public string FileName => System.IO.Path.GetFileName(Path);

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    public int LineCount => Text.AsSpan().Count('\n') + (Text.EndsWith('\n') ? 0 : 1);
}
