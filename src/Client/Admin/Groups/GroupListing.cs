using Moldau.Core;

namespace Moldau.Client;

/// <summary>That a group is there. Immutable.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="Type">Its kind; <see cref="GroupType.Unknown"/> from brokers before 3.7.</param>
/// <param name="ProtocolType">What its members share: <c>consumer</c>, <c>connect</c>, <c>share</c>, <c>streams</c>; empty for a group that only commits offsets.</param>
/// <param name="State">What it is about; <see cref="GroupState.Unknown"/> from brokers before 2.6.</param>
/// <param name="CoordinatorId">The broker that coordinates it.</param>
public sealed record GroupListing(string GroupId, GroupType Type, string ProtocolType, GroupState State, int CoordinatorId)
{
    /// <summary>Whether it has no members at all and only commits offsets.</summary>
    public bool IsSimpleConsumerGroup => Type is GroupType.Classic or GroupType.Unknown && ProtocolType.Length == 0;
}
