using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// The groups of a shard as far as consumer groups are concerned: what holds all kinds of groups by their ids implements it. For the shard's thread.
/// </summary>
public interface IConsumerGroupTable
{
    /// <summary>All consumer groups now.</summary>
    IEnumerable<ConsumerGroup> ConsumerGroups { get; }

    /// <summary>Whether there is a group of that id, of any kind.</summary>
    bool Contains(GroupId group);

    /// <summary>The group of that id; null when there is none, or it is of another kind.</summary>
    ConsumerGroup? FindConsumer(GroupId group);

    /// <summary>As <see cref="FindConsumer(GroupId)"/>, as of an offset.</summary>
    ConsumerGroup? FindConsumer(GroupId group, long offset);

    /// <summary>Puts a group in; replay does. One of another kind must be simple: without members and protocol.</summary>
    /// <exception cref="InvalidOperationException">The id is that of a group of another kind.</exception>
    void Put(ConsumerGroup group);

    void Remove(GroupId group);

    /// <summary>The classic group of that id; null when there is none.</summary>
    IUpgradableGroup? FindClassic(GroupId group);

    /// <summary>
    /// Makes a consumer group a classic group at once, in memory; <paramref name="records"/> gets what makes it so in the log after the tombstones of the
    /// consumer group that are in it already. With <paramref name="rebalanceReason"/> its members are made to join again.
    /// </summary>
    void Downgrade(ConsumerGroup group, DowngradedGroup to, string? rebalanceReason, List<CoordinatorRecord> records);
}
