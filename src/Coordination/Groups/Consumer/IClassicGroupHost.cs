namespace Moldau.Coordination;

/// <summary>What a consumer group that becomes a classic one asks of those who keep classic groups. For the shard's thread.</summary>
internal interface IClassicGroupHost
{
    /// <summary>The group is in the table: its members' sessions begin, and with a reason they are made to join again.</summary>
    void Adopt(ClassicGroup group, string? rebalanceReason);
}
