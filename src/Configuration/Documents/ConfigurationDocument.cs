using System.Text;

namespace Moldau.Configuration;

/// <summary>Writes docs/configuration.md from the tables.</summary>
public static class ConfigurationDocument
{
    private const string Introduction = """
        # Configuration

        This page is generated from the tables in `src/Configuration/Data`; `./moldau docs configuration > docs/configuration.md` writes it anew.

        A node reads Apache Kafka's `server.properties` as it is: `moldau start --config server.properties`. In order of precedence, the strongest first:

        1. what was set while the node ran (`kafka-configs --alter`), for this broker over the default of all brokers
        2. `--override KEY=VALUE` on the command line
        3. the file
        4. `MOLDAU_*` in the environment: `MOLDAU_LOG_DIRS=/x` is `log.dirs=/x`, dots become underscores
        5. the default; without a file: one node, broker and controller, on 127.0.0.1:9092 in `./moldau-data`, internal topics with one replica

        A key has one of three states. **works**: it does what Apache Kafka does, or what is written here. **accepted**: it is read and checked, and has no effect; a value that is not
        the default gives a warning. **refused**: a value that is not the default stops the start, as ignoring it would break a promise. An unknown key stops the start as well, with the
        nearest known name. Keys marked *ours* are not in Apache Kafka.

        `${env:NAME}`, `${file:/path:key}` and `${directory:/path:file}` in values are resolved when `config.providers` names Apache Kafka's providers for them.


        """;

    /// <summary>The whole page, with line feeds.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        Section(page, "Broker and controller", ConfigTables.Broker, "Change", key => key.UpdateMode switch
        {
            ConfigUpdateMode.PerBroker => "per broker",
            ConfigUpdateMode.ClusterWide => "cluster-wide",
            ConfigUpdateMode.DynamicOnly => "only dynamically",
            _ => "at start",
        });
        Section(page, "Topics", ConfigTables.Topic, "Default from", Keys);
        Section(page, "Groups", ConfigTables.Group, "Default from", Keys);
        Section(page, "Client metrics subscriptions", ConfigTables.ClientMetrics, "", _ => "");
        Section(page, "Users, clients and addresses", ConfigTables.Quota, "Set for", key => string.Join(", ", key.BrokerKeys));
        Pairs(page, "Keys of older releases, refused with advice", ConfigTables.Removed);
        Pairs(page, "Beginnings of names that belong to others", ConfigTables.Prefixes);
        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Keys(ConfigKey key) => string.Join(", ", key.BrokerKeys.Select(name => $"`{name}`"));

    private static void Section(StringBuilder page, string title, ConfigTable table, string extra, Func<ConfigKey, string> cell)
    {
        page.Append("## ").Append(title).Append("\n\n");
        page.Append("| key | type | default | values | ").Append(extra).Append(" | state | what it does |\n|---|---|---|---|---|---|---|\n");
        foreach (ConfigKey key in table.Keys)
        {
            string state = key.Status switch { ConfigStatus.Works => "works", ConfigStatus.Accepted => "accepted", _ => "**refused**" };
            page.Append("| `").Append(key.Name).Append('`').Append(key.IsOurs ? " *ours*" : "");
            page.Append(" | ").Append(key.Type.ToString().ToLowerInvariant());
            page.Append(" | ").Append(key.IsRequired ? "required" : key.Default is null ? "none" : key.Default.Length == 0 ? "empty" : $"`{key.Default}`");
            page.Append(" | ").Append(key.Validator.Text).Append(" | ").Append(cell(key)).Append(" | ").Append(state);
            page.Append(" | ").Append(key.Documentation).Append(key.Note.Length == 0 ? "" : $" *{char.ToUpperInvariant(key.Note[0])}{key.Note[1..]}.*").Append(" |\n");
        }

        page.Append('\n');
    }

    private static void Pairs(StringBuilder page, string title, IReadOnlyDictionary<string, string> pairs)
    {
        page.Append("## ").Append(title).Append("\n\n| name | |\n|---|---|\n");
        foreach ((string name, string meaning) in pairs.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            page.Append("| `").Append(name).Append("` | ").Append(meaning).Append(" |\n");
        }

        page.Append('\n');
    }
}
