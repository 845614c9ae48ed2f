using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Moldau.Tidy;

/// <summary>What must not stand in the code: unfinished work, sleeping tests, catch-alls that go on, calls that leave the seams behind.</summary>
public class Words
{
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "NotImplemented" + "Exception"];

    /// <summary>
    /// Rooms that no simulation runs on its scheduler: the machine's and the program's, and those that live in other people's processes and must not come back to whatever context they were called from.
    /// </summary>
    private static readonly string[] OutsideSimulation = ["Runtime.Os", "Host", "Embedded", "Testing", "Client", "Client.Protobuf", "Hosting", "Cli"];

    [Fact]
    public void Nothing_is_left_unfinished() =>
        Occurrences(Repository.Sources, Unfinished).ShouldBeEmpty("finish it, or say in a sentence what is missing and why");

    [Fact]
    public void Nothing_sleeps()
    {
        string[] sleeps = ["Thread." + "Sleep(", "Task." + "Delay("];
        var allowed = AllowedExceptions.Of("sleep");
        Occurrences(Repository.Sources.Where(file => !allowed.Contains(file.Path)), sleeps)
            .Where(found => !System.Text.RegularExpressions.Regex.IsMatch(found, @"\b(_?time|clock)\b|Time\b|TimeProvider", System.Text.RegularExpressions.RegexOptions.None))
            .ShouldBeEmpty("wait for a condition, or move the clock");
    }

    [Fact]
    public void Continuations_stay_on_their_scheduler() =>
        Occurrences(
            Repository.Sources.Where(file => file.IsProduct && !OutsideSimulation.Any(room => file.Path.StartsWith($"src/{room}/", StringComparison.Ordinal))),
            ["ConfigureAwait(" + "false)"])
            .ShouldBeEmpty("what leaves the scheduler cannot be replayed in simulation");

    [Fact]
    public void A_catch_all_says_why()
    {
        var allowed = AllowedExceptions.Of("catch-all");
        Repository.Sources.Where(file => file.IsProduct && !allowed.Contains(file.Path)).SelectMany(CatchAlls)
            .ShouldBeEmpty("catch what you can handle; a boundary that must catch all has a row in Exceptions.tsv with its reason");
    }

    private static IEnumerable<string> CatchAlls(SourceFile file) =>
        from clause in file.Syntax.DescendantNodes().OfType<CatchClauseSyntax>()
        let type = clause.Declaration?.Type.ToString()
        where type is null or "Exception" or "System.Exception"
        where clause.Filter is null
        where !clause.Block.DescendantNodes().Any(node => node.IsKind(SyntaxKind.ThrowStatement))
        select $"{file.Path}:{clause.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    private static IEnumerable<string> Occurrences(IEnumerable<SourceFile> files, string[] words) =>
        from file in files
        where file.Path != "tests/Tidy/Words.cs"
        from line in file.Text.Split('\n').Select((text, index) => (text, index))
        where words.Any(word => line.text.Contains(word, StringComparison.Ordinal))
        select $"{file.Path}:{line.index + 1}: {line.text.Trim()}";
}
