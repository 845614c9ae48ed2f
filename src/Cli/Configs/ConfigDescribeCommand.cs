using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau configs describe</c>: what was set; with <c>--all</c> also what holds by default.</summary>
internal static class ConfigDescribeCommand
{
    public static Command Build(CliContext context)
    {
        var target = new ConfigTarget();
        var all = new Option<bool>("--all") { Description = "Also what nobody set." };
        var documentation = new Option<bool>("--documentation") { Description = "With the text of each key." };
        var command = new CliCommand(
            "describe", "Show configuration.", "moldau configs describe --topic orders", "moldau configs describe --broker 1 --all", "moldau configs describe --entity-type topics")
        {
            all, documentation,
        };
        target.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            if (target.GetQuota(parsed) is { } quota)
            {
                return await QuotaCommands.DescribeAsync(session, QuotaTarget.Filter(quota.Types, quota.Names, quota.IsDefault), cancellation);
            }

            (ConfigResourceType type, string? name) = target.Get(parsed);
            IReadOnlyList<ConfigResource> resources = name is not null
                ? [new ConfigResource(type, name)]
                : await AllOfTypeAsync(session, type, cancellation);
            bool withText = parsed.GetValue(documentation);
            var results = await session.Admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { IncludeSynonyms = true, IncludeDocumentation = withText }, cancellation);
            List<Column> columns =
            [
                Column.Text("type"), Column.Text("name"), Column.Text("key"), Column.Text("value").Wrapping(), Column.Text("source"), Column.Text("readOnly", "read-only"), Column.Text("sensitive"), Column.Text("synonyms"),
            ];
            if (withText)
            {
                columns.Add(Column.Text("documentation").Wrapping());
            }

            // What people need seldom, and what makes lines long, is for programs.
            var table = new RowSet([.. columns.Where(column => session.Report.IsJson || column.Key is not ("readOnly" or "sensitive" or "type" or "synonyms"))])
            {
                WhenEmpty = "nothing is set; --all shows what holds by default",
            };
            foreach (ConfigResource resource in resources)
            {
                foreach (ConfigEntry entry in results[resource].Value.Entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
                {
                    if (parsed.GetValue(all) || IsSet(entry, resource))
                    {
                        table.Add([.. Cells(resource, entry, withText).Where(cell => table.Columns.Any(column => column.Key == cell.Key)).Select(cell => cell.Cell)]);
                    }
                }
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    /// <summary>Whether somebody set it for this resource, and not for all or in a file.</summary>
    private static bool IsSet(ConfigEntry entry, ConfigResource resource) => entry.Source switch
    {
        ConfigSource.DynamicTopicConfig or ConfigSource.DynamicBrokerConfig or ConfigSource.DynamicBrokerLoggerConfig or ConfigSource.DynamicClientMetricsConfig or ConfigSource.DynamicGroupConfig => true,
        ConfigSource.DynamicDefaultBrokerConfig => resource.Type == ConfigResourceType.Broker,
        _ => false,
    };

    private static (string Key, Cell Cell)[] Cells(ConfigResource resource, ConfigEntry entry, bool withText) =>
    [
        ("type", resource.Type.ToString()),
        ("name", resource.Name.Length == 0 ? ((Cell)"").ShownAs("(default)") : resource.Name),
        ("key", entry.Name),
        ("value", entry.IsSensitive ? Cell.None.ShownAs("(hidden)") : entry.Value),
        ("source", ((Cell)ConfigSources.KafkaName(entry.Source)).As(entry.IsDefault ? Tone.Quiet : Tone.Plain)),
        ("readOnly", entry.IsReadOnly),
        ("sensitive", entry.IsSensitive),
        ("synonyms", Cell.Texts(entry.Synonyms.Select(synonym => $"{ConfigSources.KafkaName(synonym.Source)}:{synonym.Name}={synonym.Value}"))),
        .. withText ? [("documentation", (Cell)entry.Documentation)] : Array.Empty<(string, Cell)>(),
    ];

    private static async Task<IReadOnlyList<ConfigResource>> AllOfTypeAsync(Session session, ConfigResourceType type, CancellationToken cancellationToken)
    {
        if (type == ConfigResourceType.Topic)
        {
            return [.. (await session.Admin.ListTopicsAsync(new ListTopicsOptions { ListInternal = true }, cancellationToken)).Select(topic => ConfigResource.Topic(topic.Name))];
        }

        if (type is ConfigResourceType.Broker or ConfigResourceType.BrokerLogger)
        {
            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellationToken);
            IEnumerable<ConfigResource> brokers = cluster.Nodes.Select(node => new ConfigResource(type, $"{node.Id}"));
            return [.. type == ConfigResourceType.Broker ? brokers.Append(ConfigResource.AllBrokers()) : brokers];
        }

        return await session.Admin.ListConfigResourcesAsync([type], cancellationToken);
    }
}
