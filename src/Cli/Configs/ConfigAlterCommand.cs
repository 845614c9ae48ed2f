using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau configs alter</c>.</summary>
internal static class ConfigAlterCommand
{
    public static Command Build(CliContext context)
    {
        var target = new ConfigTarget();
        var add = new Option<string[]>("--add-config") { Description = "Set keys: a=1,b=[x,y].", HelpName = "KEY=VALUE,…" };
        var addFile = new Option<string?>("--add-config-file") { Description = "Set the keys of a properties file.", HelpName = "FILE" };
        var delete = new Option<string[]>("--delete-config") { Description = "Take keys back to their default.", HelpName = "KEY,…" };
        var append = new Option<string[]>("--append") { Description = "Add items to a list.", HelpName = "KEY=ITEMS" };
        var subtract = new Option<string[]>("--subtract") { Description = "Take items out of a list.", HelpName = "KEY=ITEMS" };
        var validateOnly = new Option<bool>("--validate-only") { Description = "Only say whether it would work." };
        var command = new CliCommand(
            "alter", "Change configuration; what is not named stays.",
            "moldau configs alter --topic orders --add-config retention.ms=86400000,cleanup.policy=[compact,delete]",
            "moldau configs alter --entity-type brokers --entity-default --delete-config log.cleaner.threads")
        {
            add, addFile, delete, append, subtract, validateOnly,
        };
        target.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            List<AlterConfigOp> changes = [];
            if (parsed.GetValue(addFile) is { } file)
            {
                changes.AddRange(ClientFile.ReadProperties(context.Disk, "--add-config-file", file).Select(pair => AlterConfigOp.Set(pair.Key, pair.Value)));
            }

            changes.AddRange(ConfigChanges.Of(parsed.GetValue(add) ?? [], parsed.GetValue(delete) ?? [], parsed.GetValue(append) ?? [], parsed.GetValue(subtract) ?? []));
            if (changes.Count == 0)
            {
                throw CliException.Usage("what shall change? --add-config KEY=VALUE or --delete-config KEY");
            }

            bool isDry = parsed.GetValue(validateOnly);
            if (target.GetQuota(parsed) is { } quota)
            {
                return await QuotaCommands.AlterAsync(session, QuotaTarget.Entity(quota.Types, quota.Names, quota.IsDefault), changes, isDry, cancellation);
            }

            (ConfigResourceType type, string? name) = target.Get(parsed);
            return name is not null
                ? await AlterAsync(session, new ConfigResource(type, name), changes, isDry, cancellation)
                : throw CliException.Usage("whose configuration? --entity-name NAME, or --entity-default for all brokers");
        });
        return command;
    }

    private static async Task<int> AlterAsync(Session session, ConfigResource resource, List<AlterConfigOp> changes, bool isDry, CancellationToken cancellationToken)
    {
        var all = new Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> { [resource] = changes };
        AdminResult result = (await session.Admin.IncrementalAlterConfigsAsync(all, new AlterConfigsOptions { ValidateOnly = isDry }, cancellationToken))[resource];
        var outcomes = new Outcomes(session.Report);
        outcomes.Add(
            new Facts().Add("type", resource.Type.ToString()).Add("name", resource.Name).Add("changed", result.IsSuccess && !isDry),
            isDry ? $"The configuration of {resource} could be changed." : $"Changed the configuration of {resource}.",
            result.Error);
        return outcomes.ExitCode;
    }
}
