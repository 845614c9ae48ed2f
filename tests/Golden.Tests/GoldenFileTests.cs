namespace Moldau.Golden.Tests;

/// <summary>Every line of every golden file agrees with what our code makes of it.</summary>
public sealed class GoldenFileTests
{
    [Theory]
    [MemberData(nameof(GoldenFiles.Sample), MemberType = typeof(GoldenFiles))]
    public void The_committed_sample_agrees(string file) => ShouldAgree(file);

    [Theory]
    [MemberData(nameof(GoldenFiles.All), MemberType = typeof(GoldenFiles))]
    public void All_golden_files_beside_the_repository_agree(string file)
    {
        Assert.SkipUnless(File.Exists(GoldenFiles.PathOf(file)), $"no golden files beside the repository ({file}); the committed sample stands in for them");
        ShouldAgree(file);
    }

    private static void ShouldAgree(string file)
    {
        var result = GoldenRun.Check(GoldenFiles.PathOf(file));
        result.Differ.ShouldBe(0, $"{file}: {result.Agree} lines agree, {result.Differ} differ\n{string.Join('\n', result.Differences)}");
        result.Agree.ShouldBeGreaterThan(0, $"{file} is empty");
    }
}
