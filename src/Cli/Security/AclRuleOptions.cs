using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>Who may or may not do what, in the options of kafka-acls.</summary>
internal sealed class AclRuleOptions
{
    private readonly Option<string[]> _allowPrincipal = new("--allow-principal") { Description = "Who may: User:alice.", HelpName = "TYPE:NAME" };
    private readonly Option<string[]> _denyPrincipal = new("--deny-principal") { Description = "Who may not.", HelpName = "TYPE:NAME" };
    private readonly Option<string[]> _allowHost = new("--allow-host") { Description = "From where; * unless given.", HelpName = "HOST" };
    private readonly Option<string[]> _denyHost = new("--deny-host") { Description = "From where not; * unless given.", HelpName = "HOST" };
    private readonly Option<string[]> _operation = new("--operation") { Description = "Read, Write, Describe, …; All unless given.", HelpName = "OPERATION" };
    private readonly Option<bool> _producer = new("--producer") { Description = "What a producer to the topic needs." };
    private readonly Option<bool> _consumer = new("--consumer") { Description = "What a consumer of the topic in the group needs." };
    private readonly Option<bool> _idempotent = new("--idempotent") { Description = "With --producer: also IdempotentWrite on the cluster, which brokers before 3.0 ask for." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _allowPrincipal, _denyPrincipal, _allowHost, _denyHost, _operation, _producer, _consumer, _idempotent })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The operations on each resource.</summary>
    /// <exception cref="CliException">A shorthand without its resources, or an operation that there is not.</exception>
    public IReadOnlyList<(AclResourceType Type, string Name, AclOperation Operation)> Operations(ParseResult parsed, IReadOnlyList<(AclResourceType Type, string Name)> resources)
    {
        bool isProducer = parsed.GetValue(_producer);
        bool isConsumer = parsed.GetValue(_consumer);
        if (!isProducer && !isConsumer)
        {
            AclOperation[] operations = parsed.GetValue(_operation) is { Length: > 0 } given ? Array.ConvertAll(given, Operation) : [AclOperation.All];
            return [.. resources.SelectMany(resource => operations.Select(operation => (resource.Type, resource.Name, operation)))];
        }

        if (!resources.Any(resource => resource.Type == AclResourceType.Topic) || (isConsumer && !resources.Any(resource => resource.Type == AclResourceType.Group)))
        {
            throw CliException.Usage(isConsumer ? "--consumer needs --topic and --group" : "--producer needs --topic");
        }

        var all = new List<(AclResourceType, string, AclOperation)>();
        foreach ((AclResourceType type, string name) in resources)
        {
            AclOperation[] operations = (type, isProducer, isConsumer) switch
            {
                (AclResourceType.Topic, true, true) => [AclOperation.Write, AclOperation.Describe, AclOperation.Create, AclOperation.Read],
                (AclResourceType.Topic, true, _) => [AclOperation.Write, AclOperation.Describe, AclOperation.Create],
                (AclResourceType.Topic, _, true) => [AclOperation.Read, AclOperation.Describe],
                (AclResourceType.Group, _, true) => [AclOperation.Read],
                (AclResourceType.TransactionalId, true, _) => [AclOperation.Write, AclOperation.Describe],
                _ => [],
            };
            all.AddRange(operations.Select(operation => (type, name, operation)));
        }

        if (isProducer && parsed.GetValue(_idempotent))
        {
            all.Add((AclResourceType.Cluster, "kafka-cluster", AclOperation.IdempotentWrite));
        }

        return all;
    }

    /// <summary>Who, from where, and whether they may.</summary>
    public IReadOnlyList<(string Principal, string Host, AclPermissionType Permission)> Who(ParseResult parsed) =>
    [
        .. Who(parsed.GetValue(_allowPrincipal), parsed.GetValue(_allowHost), AclPermissionType.Allow),
        .. Who(parsed.GetValue(_denyPrincipal), parsed.GetValue(_denyHost), AclPermissionType.Deny),
    ];

    /// <summary>Whether operations were named, in one way or the other.</summary>
    public bool HasOperations(ParseResult parsed) => parsed.GetValue(_operation) is { Length: > 0 } || parsed.GetValue(_producer) || parsed.GetValue(_consumer);

    internal static AclOperation Operation(string text) =>
        Enum.TryParse(text, ignoreCase: true, out AclOperation operation) && operation > AclOperation.Any && !char.IsAsciiDigit(text[0])
            ? operation
            : throw CliException.Usage($"--operation {text}: it must be one of {string.Join(", ", Enum.GetNames<AclOperation>().Skip(2))}");

    private static IEnumerable<(string Principal, string Host, AclPermissionType Permission)> Who(string[]? principals, string[]? hosts, AclPermissionType permission)
    {
        foreach (string principal in principals ?? [])
        {
            if (!principal.Contains(':', StringComparison.Ordinal))
            {
                throw CliException.Usage($"principal {principal}: it must be TYPE:NAME, User:{principal} for example");
            }

            foreach (string host in hosts is { Length: > 0 } ? hosts : ["*"])
            {
                yield return (principal, host, permission);
            }
        }
    }
}
