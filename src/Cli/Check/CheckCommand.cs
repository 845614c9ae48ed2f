using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau check</c>: is this cluster ready for production? Exit code 1 when something is an error.</summary>
internal static class CheckCommand
{
    public static Command Build(CliContext context)
    {
        var maxLag = new Option<long>("--max-lag") { Description = "Records that a group may be behind.", HelpName = "N", DefaultValueFactory = _ => new CheckLimits().MaxLag };
        var warning = new Option<int>("--disk-warning") { Description = "Percent of a volume in use that is a warning.", HelpName = "PERCENT", DefaultValueFactory = _ => new CheckLimits().DiskWarningPercent };
        var error = new Option<int>("--disk-error") { Description = "Percent of a volume in use that is an error.", HelpName = "PERCENT", DefaultValueFactory = _ => new CheckLimits().DiskErrorPercent };
        var isStrict = new Option<bool>("--strict") { Description = "Warnings count as errors for the exit code." };
        var all = new Option<bool>("--all") { Description = $"All findings of a rule; to people only the first {FindingDigest.Shown} are shown else." };
        var command = new CliCommand("check", "Check whether a cluster is ready for production: replicas, disks, quorum, lag, transactions.", "moldau check", "moldau check --strict --json") { maxLag, warning, error, isStrict, all };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            ClusterFacts facts = await FactsReading.ReadAsync(session, cancellation);
            var limits = new CheckLimits { MaxLag = parsed.GetValue(maxLag), DiskWarningPercent = parsed.GetValue(warning), DiskErrorPercent = parsed.GetValue(error) };
            IReadOnlyList<Finding> findings = CheckRules.All(facts, limits);
            Write(session.Report, facts, findings, parsed.GetValue(all));
            Severity fails = parsed.GetValue(isStrict) ? Severity.Warning : Severity.Error;
            return findings.Any(finding => finding.Severity >= fails) ? CommandExit.Failed : CommandExit.Ok;
        });
        return command;
    }

    private static void Write(Report report, ClusterFacts facts, IReadOnlyList<Finding> findings, bool showsAll)
    {
        if (report.IsJson)
        {
            foreach (Finding finding in findings)
            {
                report.Write(new Facts()
                    .Add("severity", finding.Severity.ToString().ToUpperInvariant())
                    .Add("rule", finding.Rule)
                    .Add("subject", finding.Subject)
                    .Add("message", finding.Message)
                    .Add("nextStep", finding.NextStep));
            }

            return;
        }

        var table = new RowSet(Column.Text("severity"), Column.Text("subject"), Column.Text("what").Wrapping(), Column.Text("nextStep", "next step").Wrapping()) { WhenEmpty = "nothing to complain about" };
        foreach (Finding finding in showsAll ? findings : FindingDigest.Of(findings))
        {
            Tone tone = finding.Severity switch { Severity.Error => Tone.Bad, Severity.Warning => Tone.Warning, _ => Tone.Quiet };
            table.Add(((Cell)finding.Severity.ToString().ToUpperInvariant()).As(tone), finding.Subject, $"{finding.Message} ({finding.Rule})", finding.NextStep);
        }

        report.Write(table);
        long Of(Severity severity) => findings.Count(finding => finding.Severity == severity);
        report.Say($"{Units.Many(facts.Brokers.Count, "broker")}, {Units.Many(facts.Topics.Count, "topic")}, {Units.Many(facts.Groups.Count, "group")}: "
            + $"{Units.Many(Of(Severity.Error), "error")}, {Units.Many(Of(Severity.Warning), "warning")}, {Units.Many(Of(Severity.Note), "note")}");
    }
}
