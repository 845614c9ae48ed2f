using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>What a member of a group has to do next, and with what. Immutable.</summary>
internal readonly record struct GroupStep(GroupStepKind Kind)
{
    /// <summary>The request to send.</summary>
    public IRequest? Request { get; private init; }

    /// <summary>Which partitions come and go.</summary>
    public GroupRebalance? Rebalance { get; private init; }

    /// <summary>The topics to look up.</summary>
    public IReadOnlyCollection<string> Topics { get; private init; } = [];

    /// <summary>The time up to which there is nothing to do, in the milliseconds of the caller's clock.</summary>
    public long UntilMs { get; private init; }

    public static GroupStep Wait(long untilMs) => new(GroupStepKind.Wait) { UntilMs = untilMs };

    public static GroupStep Send(IRequest request) => new(GroupStepKind.Send) { Request = request };

    public static GroupStep Change(GroupRebalance rebalance) => new(GroupStepKind.Rebalance) { Rebalance = rebalance };

    public static GroupStep LookUp(IReadOnlyCollection<string> topics) => new(GroupStepKind.LookUpTopics) { Topics = topics };

    public static GroupStep End() => new(GroupStepKind.End);
}
