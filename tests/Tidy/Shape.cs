using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Moldau.Tidy;

/// <summary>The shape of files: short, one type each, named after it; functions that fit on a screen. What is longer stands in Exceptions.tsv with its reason.</summary>
public class Shape
{
    private const int FileLinesMax = 800;
    private const int FunctionLinesMax = 70;

    [Fact]
    public void Files_stay_short()
    {
        var allowed = AllowedExceptions.Of("file-length");
        Repository.Sources.Where(file => file.LineCount > FileLinesMax && !allowed.Contains(file.Path))
            .Select(file => $"{file.Path}: {file.LineCount} lines")
            .ShouldBeEmpty($"split by concern as Foo.Bar.cs: {FileLinesMax} lines at most");
    }

    [Fact]
    public void Functions_fit_on_a_screen()
    {
        var allowed = AllowedExceptions.Of("function-length");
        Repository.Sources.SelectMany(LongFunctions)
            .Where(found => !allowed.Contains(found.Key))
            .Select(found => $"{found.Key}: {found.Lines} lines")
            .ShouldBeEmpty($"{FunctionLinesMax} lines at most");
    }

    [Fact]
    public void Each_file_holds_one_type_and_bears_its_name()
    {
        var allowed = AllowedExceptions.Of("one-type");
        Repository.Sources.Where(file => !allowed.Contains(file.Path)).SelectMany(Misplaced).ShouldBeEmpty();
    }

    [Fact]
    public void Exceptions_are_still_needed()
    {
        var known = Repository.Sources.Select(file => file.Path).ToHashSet();
        AllowedExceptions.All.Where(exception => !known.Contains(exception.Path.Split('#')[0]))
            .Select(exception => exception.Path).ShouldBeEmpty("rows of Exceptions.tsv name files that are gone");
        var longFunctions = Repository.Sources.SelectMany(LongFunctions).Select(found => found.Key).ToHashSet();
        AllowedExceptions.Of("function-length").Where(key => !longFunctions.Contains(key))
            .ShouldBeEmpty("these functions are short by now: drop their rows");
    }

    private static IEnumerable<(string Key, int Lines)> LongFunctions(SourceFile file) =>
        from node in file.Syntax.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = node.SyntaxTree.GetLineSpan(node.Span)
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > FunctionLinesMax
        select ($"{file.Path}#{NameOf(node)}", lines);

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text + ".ctor",
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        OperatorDeclarationSyntax op => "operator" + op.OperatorToken.Text,
        _ => node.Kind().ToString(),
    };

    private static IEnumerable<string> Misplaced(SourceFile file)
    {
        var types = file.Syntax.DescendantNodes(node => node is not TypeDeclarationSyntax)
            .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Select(node => node is BaseTypeDeclarationSyntax type ? type.Identifier.Text : ((DelegateDeclarationSyntax)node).Identifier.Text)
            .ToList();
        if (types.Count > 1)
        {
            yield return $"{file.Path} holds {types.Count} types: {string.Join(", ", types)}";
        }
        else if (types.Count == 1 && !Bears(file.FileName, types[0]))
        {
            yield return $"{file.Path} holds {types[0]}";
        }
    }

    /// <summary>Foo.cs, Foo.Part.cs, or in the broker's handlers NN_Foo.cs for FooHandler.</summary>
    private static bool Bears(string fileName, string type)
    {
        var stem = fileName.Split('.')[0];
        return stem == type || (stem.Length > 3 && stem[2] == '_' && char.IsAsciiDigit(stem[0]) && type == stem[3..] + "Handler");
    }
}
