namespace Moldau.Cli;

/// <summary>
/// When a broker stops, a rule finds something in each of thousands of topics, and the line that says why is lost among them. To people each rule shows its first findings and how many more there are. Pure.
/// </summary>
internal static class FindingDigest
{
    /// <summary>How many findings of one rule are worth reading.</summary>
    public const int Shown = 5;

    /// <summary>The findings in their order, of each rule and severity at most <see cref="Shown"/> and one that counts the others.</summary>
    public static IReadOnlyList<Finding> Of(IReadOnlyList<Finding> findings)
    {
        var digest = new List<Finding>();
        foreach (IGrouping<(Severity Severity, string Rule), Finding> rule in findings.GroupBy(finding => (finding.Severity, finding.Rule)))
        {
            Finding[] all = [.. rule];
            // One line that stands for one finding would save nothing.
            int shown = all.Length <= Shown + 1 ? all.Length : Shown;
            digest.AddRange(all.Take(shown));
            if (shown < all.Length)
            {
                digest.Add(all[shown] with { Subject = $"{all.Length - shown} more", Message = $"the same, from {all[shown].Subject} on", NextStep = "moldau check --all shows each" });
            }
        }

        return digest;
    }
}
