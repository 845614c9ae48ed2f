using System.CommandLine;
using System.Globalization;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau cluster features</c>: what kafka-features does.</summary>
internal static class FeaturesCommand
{
    public static Command Build(CliContext context)
    {
        var upgrade = new Option<string[]>("--upgrade") { Description = "Raise a feature: metadata.version=30.", HelpName = "NAME=LEVEL" };
        var downgrade = new Option<string[]>("--downgrade") { Description = "Lower a feature where nothing is lost.", HelpName = "NAME=LEVEL" };
        var disable = new Option<string[]>("--disable") { Description = "Switch a feature off: its level is 0 then.", HelpName = "NAME" };
        var isUnsafe = new Option<bool>("--unsafe") { Description = "Lower it whatever is lost." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say whether it would work." };
        var command = new CliCommand("features", "Show the features of the cluster, raise or lower them.", "moldau cluster features", "moldau cluster features --upgrade metadata.version=33") { upgrade, downgrade, disable, isUnsafe, dryRun };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            var updates = new Dictionary<string, FeatureUpdate>(StringComparer.Ordinal);
            Read(updates, "--upgrade", parsed.GetValue(upgrade), FeatureUpgradeType.Upgrade);
            Read(updates, "--downgrade", parsed.GetValue(downgrade), parsed.GetValue(isUnsafe) ? FeatureUpgradeType.UnsafeDowngrade : FeatureUpgradeType.SafeDowngrade);
            Read(updates, "--disable", [.. (parsed.GetValue(disable) ?? []).Select(name => name + "=0")], parsed.GetValue(isUnsafe) ? FeatureUpgradeType.UnsafeDowngrade : FeatureUpgradeType.SafeDowngrade);
            return updates.Count > 0
                ? await UpdateAsync(session, updates, parsed.GetValue(dryRun), cancellation)
                : await ShowAsync(session, cancellation);
        });
        return command;
    }

    private static async Task<int> ShowAsync(Session session, CancellationToken cancellationToken)
    {
        FeatureMetadata features = await session.Admin.DescribeFeaturesAsync(null, cancellationToken);
        var table = new RowSet(Column.Text("feature"), Column.Number("supportedMinVersion", "supported from"), Column.Number("supportedMaxVersion", "to"), Column.Number("finalizedVersionLevel", "finalized"), Column.Number("epoch"));
        foreach (string name in features.SupportedFeatures.Keys.Union(features.FinalizedFeatures.Keys).Order(StringComparer.Ordinal))
        {
            FeatureVersions? supported = features.SupportedFeatures.GetValueOrDefault(name);
            table.Add(name, (long?)supported?.MinVersion, (long?)supported?.MaxVersion, (long?)features.FinalizedFeatures.GetValueOrDefault(name)?.MaxVersion ?? 0, features.FinalizedFeaturesEpoch);
        }

        session.Report.Write(table);
        return CommandExit.Ok;
    }

    private static async Task<int> UpdateAsync(Session session, Dictionary<string, FeatureUpdate> updates, bool isDry, CancellationToken cancellationToken)
    {
        var results = await session.Admin.UpdateFeaturesAsync(updates, isDry, cancellationToken);
        var outcomes = new Outcomes(session.Report);
        foreach ((string name, FeatureUpdate update) in updates)
        {
            outcomes.Add(
                new Facts().Add("feature", name).Add("level", update.MaxVersionLevel).Add("updated", results[name].IsSuccess && !isDry),
                $"{name} {(isDry ? "could be" : "is")} at level {update.MaxVersionLevel}{(isDry ? "." : " now.")}",
                results[name].Error);
        }

        return outcomes.ExitCode;
    }

    private static void Read(Dictionary<string, FeatureUpdate> updates, string option, string[]? texts, FeatureUpgradeType type)
    {
        foreach (string text in texts ?? [])
        {
            (string name, string level) = ClientFile.Pair(option, text);
            updates[name] = new FeatureUpdate(
                short.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out short number) ? number : throw CliException.Usage($"{option} {text}: the level must be a number"), type);
        }
    }
}
