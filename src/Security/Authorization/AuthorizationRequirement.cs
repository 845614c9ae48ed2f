namespace Moldau.Security;

/// <summary>What an API demands before it does something, as data: each handler states it, and a test compares all of them with the table of the design.</summary>
public sealed class AuthorizationRequirement
{
    private AuthorizationRequirement(IReadOnlyList<AuthorizationRule> rules) => Rules = rules;

    /// <summary>Nothing is demanded.</summary>
    public static AuthorizationRequirement None { get; } = new([]);

    /// <summary>In the order in which they are checked.</summary>
    public IReadOnlyList<AuthorizationRule> Rules { get; }

    /// <summary>
    /// The operation on the cluster that the whole request stands and falls with, and that is therefore checked before the handler runs; null when the handler checks by itself.
    /// </summary>
    public AclOperation? ClusterOperation => Rules is [{ Resource: ResourceType.Cluster, When: null } rule] ? rule.Operation : null;

    public static AuthorizationRequirement Of(AclOperation operation, ResourceType resource) => new([new AuthorizationRule(operation, resource)]);

    public static AuthorizationRequirement Of(params AuthorizationRule[] rules) => new(rules);

    public override string ToString() => Rules.Count == 0
        ? "none"
        : string.Join(" + ", Rules.Select(rule => $"{rule.Operation} {rule.Resource}{(rule.When is null ? "" : $" ({rule.When})")}"));
}
