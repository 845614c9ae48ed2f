namespace Moldau.Client;

/// <summary>Which groups are listed. Immutable.</summary>
public sealed record ListGroupsOptions
{
    /// <summary>Only in these states; all when empty (KIP-518; brokers from 2.6).</summary>
    public IReadOnlyCollection<GroupState> States { get; init; } = [];

    /// <summary>Only of these kinds; all when empty (KIP-848; brokers from 3.7).</summary>
    public IReadOnlyCollection<GroupType> Types { get; init; } = [];

    /// <summary>Only with these protocol types, <c>consumer</c> for example; all when empty. This client looks at it itself.</summary>
    public IReadOnlyCollection<string> ProtocolTypes { get; init; } = [];

    /// <summary>What consumers are members of, of both protocols, and groups that only commit offsets.</summary>
    public static ListGroupsOptions ForConsumerGroups() => new() { Types = [GroupType.Classic, GroupType.Consumer], ProtocolTypes = ["", "consumer"] };

    /// <summary>Share groups (KIP-932).</summary>
    public static ListGroupsOptions ForShareGroups() => new() { Types = [GroupType.Share] };

    /// <summary>Streams groups (KIP-1071).</summary>
    public static ListGroupsOptions ForStreamsGroups() => new() { Types = [GroupType.Streams] };
}
