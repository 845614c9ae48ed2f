using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>Whose configuration a command is about, as kafka-configs names it: --entity-type and --entity-name or --entity-default, or the short forms --topic, --broker and so on.</summary>
internal sealed class ConfigTarget
{
    private static readonly Dictionary<string, ConfigResourceType> Types = new(StringComparer.Ordinal)
    {
        ["topics"] = ConfigResourceType.Topic,
        ["brokers"] = ConfigResourceType.Broker,
        ["broker-loggers"] = ConfigResourceType.BrokerLogger,
        ["client-metrics"] = ConfigResourceType.ClientMetrics,
        ["groups"] = ConfigResourceType.Group,
    };

    private readonly Option<string[]> _type = new("--entity-type") { Description = "topics, brokers, broker-loggers, client-metrics, groups, users, clients or ips.", HelpName = "TYPE" };

    private readonly Option<string[]> _name = new("--entity-name") { Description = "Its name: of a topic, the id of a broker …", HelpName = "NAME" };

    private readonly Option<bool> _default = new("--entity-default") { Description = "The default of all brokers, users, clients or addresses." };

    private readonly (Option<string?> Option, ConfigResourceType Type)[] _short =
    [
        (new Option<string?>("--topic") { HelpName = "TOPIC", Description = "Short for --entity-type topics --entity-name TOPIC." }, ConfigResourceType.Topic),
        (new Option<string?>("--broker") { HelpName = "ID", Description = "Short for --entity-type brokers --entity-name ID." }, ConfigResourceType.Broker),
        (new Option<string?>("--broker-logger") { HelpName = "ID", Description = "Short for --entity-type broker-loggers --entity-name ID." }, ConfigResourceType.BrokerLogger),
        (new Option<string?>("--client-metrics") { HelpName = "NAME", Description = "Short for --entity-type client-metrics --entity-name NAME." }, ConfigResourceType.ClientMetrics),
        (new Option<string?>("--group") { HelpName = "GROUP", Description = "Short for --entity-type groups --entity-name GROUP." }, ConfigResourceType.Group),
    ];

    private readonly Option<bool> _brokerDefaults = new("--broker-defaults") { Description = "Short for --entity-type brokers --entity-default." };

    private readonly (Option<string?> Name, Option<bool> Default, string Type)[] _quotas =
    [
        Quota("user", "USER", "users"),
        Quota("client", "CLIENT", "clients"),
        Quota("ip", "ADDRESS", "ips"),
    ];

    public void AddTo(Command command)
    {
        _type.CompletionSources.Add([.. Types.Keys, .. QuotaTarget.TypeNames]);
        ClusterNames.Topics.Complete(_short[0].Option.CompletionSources);
        ClusterNames.Groups.Complete(_short[^1].Option.CompletionSources);
        command.Options.Add(_type);
        command.Options.Add(_name);
        command.Options.Add(_default);
        foreach ((Option<string?> option, _) in _short)
        {
            command.Options.Add(option);
        }

        command.Options.Add(_brokerDefaults);
        foreach ((Option<string?> name, Option<bool> isDefault, _) in _quotas)
        {
            command.Options.Add(name);
            command.Options.Add(isDefault);
        }
    }

    /// <summary>The entities whose quotas are meant, as types and names; null when it is another configuration.</summary>
    public (IReadOnlyList<string> Types, IReadOnlyList<string> Names, bool IsDefault)? GetQuota(ParseResult parsed)
    {
        string[] types = parsed.GetValue(_type) ?? [];
        if (types.Length > 0)
        {
            return QuotaTarget.IsFor(types) ? (types, parsed.GetValue(_name) ?? [], parsed.GetValue(_default)) : null;
        }

        // Those with a name come first: the others are the default, as a list of names that is too short says it.
        List<(string Type, string? Name)> given =
        [
            .. _quotas.Where(quota => parsed.GetValue(quota.Name) is not null).Select(quota => (quota.Type, parsed.GetValue(quota.Name))),
            .. _quotas.Where(quota => parsed.GetValue(quota.Default)).Select(quota => (quota.Type, (string?)null)),
        ];
        return given.Count > 0
            ? ([.. given.Select(quota => quota.Type)], [.. given.Select(quota => quota.Name).OfType<string>()], given.Exists(quota => quota.Name is null))
            : null;
    }

    /// <summary>The type and, when one was named, the name; "" is the default of all.</summary>
    /// <exception cref="CliException">No type, or one that there is not.</exception>
    public (ConfigResourceType Type, string? Name) Get(ParseResult parsed)
    {
        foreach ((Option<string?> option, ConfigResourceType type) in _short)
        {
            if (parsed.GetValue(option) is { } name)
            {
                return (type, name);
            }
        }

        if (parsed.GetValue(_brokerDefaults))
        {
            return (ConfigResourceType.Broker, "");
        }

        string[] types = parsed.GetValue(_type) ?? [];
        return types switch
        {
            [] => throw CliException.Usage("whose configuration? --entity-type TYPE with --entity-name NAME, or for short --topic, --broker, --group"),
            [var one] when Types.TryGetValue(one, out ConfigResourceType type) => (type, parsed.GetValue(_default) ? "" : (parsed.GetValue(_name) ?? []).FirstOrDefault()),
            _ => throw CliException.Usage($"--entity-type {string.Join(" ", types)}: it must be one of {string.Join(", ", Types.Keys)}, or some of {string.Join(", ", QuotaTarget.TypeNames)}"),
        };
    }

    private static (Option<string?> Name, Option<bool> Default, string Type) Quota(string word, string helpName, string type) => (
        new Option<string?>($"--{word}") { HelpName = helpName, Description = $"Short for --entity-type {type} --entity-name {helpName}." },
        new Option<bool>($"--{word}-defaults") { Description = $"Short for --entity-type {type} --entity-default." },
        type);
}
