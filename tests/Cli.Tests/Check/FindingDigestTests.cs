namespace Moldau.Cli.Tests;

public class FindingDigestTests
{
    [Fact]
    public void Many_findings_of_one_rule_are_the_first_and_a_line_that_counts_the_others()
    {
        Finding[] findings = [new(Severity.Error, "fenced-broker", "broker 2", "it is fenced", "look"), .. Enumerable.Range(0, 100).Select(number => new Finding(Severity.Warning, "under-replicated", $"topic t{number:000}", "behind", "look"))];
        IReadOnlyList<Finding> digest = FindingDigest.Of(findings);
        digest.Select(finding => finding.Subject).ShouldBe(["broker 2", "topic t000", "topic t001", "topic t002", "topic t003", "topic t004", "95 more"]);
        digest[^1].Message.ShouldBe("the same, from topic t005 on");
        digest[^1].Severity.ShouldBe(Severity.Warning);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Few_are_shown_as_they_are(int count)
    {
        Finding[] findings = [.. Enumerable.Range(0, count).Select(number => new Finding(Severity.Note, "no-retention", $"topic t{number}", "kept", "look"))];
        FindingDigest.Of(findings).ShouldBe(findings);
    }
}
