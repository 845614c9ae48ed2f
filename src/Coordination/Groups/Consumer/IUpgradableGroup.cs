namespace Moldau.Coordination;

/// <summary>A classic group that may become a consumer group (KIP-848). For the shard's thread.</summary>
public interface IUpgradableGroup
{
    bool IsEmpty { get; }

    /// <summary>Whether its members speak the protocol of consumers.</summary>
    bool UsesConsumerProtocol { get; }

    int GenerationId { get; }

    IReadOnlyList<UpgradedMember> Members { get; }

    /// <summary>Adds what removes the group from the log; its timers end.</summary>
    void AddTombstones(List<CoordinatorRecord> records);

    /// <summary>Answers members that wait for the others with REBALANCE_IN_PROGRESS, so that they join again.</summary>
    void ReleaseWaitingMembers();
}
