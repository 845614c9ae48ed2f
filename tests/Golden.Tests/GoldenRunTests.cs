using System.Globalization;

namespace Moldau.Golden.Tests;

/// <summary>That the golden runner counts right. The golden files themselves are read once, by <c>./test golden</c>.</summary>
public sealed class GoldenRunTests : IDisposable
{
    private static readonly string Committed = Path.Combine(Root(), "tests", "golden-data");
    private readonly string _folder = Directory.CreateTempSubdirectory("moldau-golden-").FullName;

    [Fact]
    public void A_file_that_agrees_is_counted_line_by_line()
    {
        var result = GoldenRun.Check(Sample("crc.jsonl"));

        result.Agree.ShouldBe(GoldenLines.Of(Sample("crc.jsonl")).Count());
        result.Differ.ShouldBe(0);
    }

    [Fact]
    public void A_line_that_was_changed_differs_and_is_shown()
    {
        string[] lines = [.. GoldenLines.Of(Sample("crc.jsonl"))];
        var value = System.Text.RegularExpressions.Regex.Match(lines[0], "(?<=crc32c\"?: ?)[0-9]+");
        value.Success.ShouldBeTrue(lines[0]);
        lines[0] = lines[0].Remove(value.Index, value.Length).Insert(value.Index, (uint.Parse(value.Value, CultureInfo.InvariantCulture) ^ 1).ToString(CultureInfo.InvariantCulture));
        string changed = Path.Combine(_folder, "crc.jsonl");
        File.WriteAllLines(changed, lines);

        var result = GoldenRun.Check(changed);

        result.Differ.ShouldBe(1);
        result.Agree.ShouldBe(lines.Length - 1);
        result.Differences.ShouldHaveSingleItem();
    }

    [Fact]
    public void Lines_that_no_suite_reads_differ()
    {
        string unknown = Path.Combine(_folder, "nothing-reads-this.jsonl");
        File.WriteAllLines(unknown, ["{}", "{}"]);

        var result = GoldenRun.Check(unknown);

        result.Agree.ShouldBe(0);
        result.Differ.ShouldBe(2);
        GoldenRun.FilesIn(_folder).ShouldBe([unknown]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Sample(string name) => GoldenRun.FilesIn(Committed).Single(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Moldau.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"no Moldau.slnx above {AppContext.BaseDirectory}");
        }

        return folder;
    }
}
