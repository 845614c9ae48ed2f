using System.CommandLine;

namespace Moldau.Cli;

/// <summary>The options that every command over the protocol has: which cluster, as whom, and how to answer. One object for each command.</summary>
internal sealed class ClusterOptions
{
    /// <summary>Who the brokers think this is, unless the configuration says otherwise.</summary>
    public const string ClientId = "moldau-cli";

    public const string DefaultServer = "localhost:9092";

    private readonly Option<string?> _bootstrapServer = new("--bootstrap-server", "-b")
    {
        Description = $"Where the cluster is found: one or more listeners of its brokers. {DefaultServer} unless given here or in the file.",
        HelpName = "HOST:PORT,…",
    };

    private readonly Option<string?> _bootstrapController = new("--bootstrap-controller")
    {
        Description = "Controllers instead of brokers, for what they answer: quorum, configs of controllers, features, rules.",
        HelpName = "HOST:PORT,…",
    };

    private readonly Option<string?> _commandConfig = new("--command-config") { Description = "A properties file of Kafka's client configuration: security.protocol, sasl.*, ssl.*, time-outs.", HelpName = "FILE" };

    private readonly Option<string[]> _commandProperty = new("--command-property") { Description = "One key of the client's configuration, over the file.", HelpName = "KEY=VALUE" };

    private readonly Option<bool> _json = new("--json") { Description = "Answer in JSON, one object a line." };

    /// <summary>Those of a command; null when it is none over the protocol.</summary>
    public static ClusterOptions? Of(Command command) => (command as CliCommand)?.Cluster;

    public void AddTo(CliCommand command)
    {
        command.Cluster = this;
        command.Options.Add(_bootstrapServer);
        command.Options.Add(_bootstrapController);
        command.Options.Add(_commandConfig);
        command.Options.Add(_commandProperty);
        command.Options.Add(_json);
    }

    /// <summary>The client's configuration by Kafka's names, the command line over the file.</summary>
    /// <exception cref="CliException">The file cannot be read, or an option is no KEY=VALUE.</exception>
    public Session Open(CliContext context, ParseResult parsed)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        if (parsed.GetValue(_commandConfig) is { } file)
        {
            properties = ClientFile.ReadProperties(context.Disk, "--command-config", file);
        }

        foreach (string pair in parsed.GetValue(_commandProperty) ?? [])
        {
            (string key, string value) = ClientFile.Pair("--command-property", pair);
            properties[key] = value;
        }

        if (parsed.GetValue(_bootstrapServer) is { } server)
        {
            properties["bootstrap.servers"] = server;
        }

        if (parsed.GetValue(_bootstrapController) is { } controller)
        {
            if (parsed.GetValue(_bootstrapServer) is not null)
            {
                throw CliException.Usage("brokers or controllers? --bootstrap-server and --bootstrap-controller exclude each other");
            }

            properties.Remove("bootstrap.servers");
            properties["bootstrap.controllers"] = controller;
        }

        if (!properties.ContainsKey("bootstrap.controllers"))
        {
            properties.TryAdd("bootstrap.servers", DefaultServer);
        }

        // Brokers and other operators see in logs, quotas and members of groups who this is.
        properties.TryAdd("client.id", ClientId);
        return new Session(context, properties, new Report(context, parsed.GetValue(_json)));
    }
}
