using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>What ACLs are about, in the options of kafka-acls.</summary>
internal sealed class AclResourceOptions
{
    private readonly Option<string[]> _topic = new("--topic") { Description = "A topic, or * for all.", HelpName = "TOPIC" };
    private readonly Option<string[]> _group = new("--group") { Description = "A group, or * for all.", HelpName = "GROUP" };
    private readonly Option<bool> _cluster = new("--cluster") { Description = "The cluster as a whole." };
    private readonly Option<string[]> _transactionalId = new("--transactional-id") { Description = "A transactional id, or * for all.", HelpName = "ID" };
    private readonly Option<string[]> _delegationToken = new("--delegation-token") { Description = "A delegation token, or * for all.", HelpName = "ID" };
    private readonly Option<string[]> _user = new("--user-principal") { Description = "A user whose tokens may be made and described.", HelpName = "TYPE:NAME" };
    private readonly Option<string> _pattern;

    public AclResourceOptions(string patternUnless)
    {
        _pattern = new Option<string>("--resource-pattern-type") { Description = "literal, prefixed, match or any.", HelpName = "TYPE", DefaultValueFactory = _ => patternUnless };
        _pattern.CompletionSources.Add("literal", "prefixed", "match", "any");
    }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _topic, _group, _cluster, _transactionalId, _delegationToken, _user, _pattern })
        {
            command.Options.Add(option);
        }
    }

    public AclPatternType Pattern(ParseResult parsed) => parsed.GetValue(_pattern)!.ToLowerInvariant() switch
    {
        "literal" => AclPatternType.Literal,
        "prefixed" => AclPatternType.Prefixed,
        "match" => AclPatternType.Match,
        "any" => AclPatternType.Any,
        var other => throw CliException.Usage($"--resource-pattern-type {other}: it must be literal, prefixed, match or any"),
    };

    /// <summary>The resources named, with their types.</summary>
    public IReadOnlyList<(AclResourceType Type, string Name)> Get(ParseResult parsed)
    {
        var resources = new List<(AclResourceType, string)>();
        void Add(AclResourceType type, string[]? names) => resources.AddRange((names ?? []).Select(name => (type, name)));
        Add(AclResourceType.Topic, parsed.GetValue(_topic));
        Add(AclResourceType.Group, parsed.GetValue(_group));
        Add(AclResourceType.Cluster, parsed.GetValue(_cluster) ? ["kafka-cluster"] : null);
        Add(AclResourceType.TransactionalId, parsed.GetValue(_transactionalId));
        Add(AclResourceType.DelegationToken, parsed.GetValue(_delegationToken));
        Add(AclResourceType.User, parsed.GetValue(_user));
        return resources;
    }
}
