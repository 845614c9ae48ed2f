using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// The sticky assignment without the pause (KIP-429): members keep what they have while they join, and a partition that changes hands is given to nobody
/// until its owner has given it up and the group has come together once more.
/// </summary>
public sealed class CooperativeStickyAssignor : StickyAssignorBase
{
    internal const string AssignorName = "cooperative-sticky";

    private int _generation = NoGeneration;

    /// <inheritdoc />
    public override string Name => AssignorName;

    /// <inheritdoc />
    public override RebalanceProtocol Protocol => RebalanceProtocol.Cooperative;

    /// <inheritdoc />
    public override void OnAssignment(IReadOnlyList<TopicPartition> partitions, int generationId) => _generation = generationId;

    /// <inheritdoc />
    public override byte[]? SubscriptionUserData()
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, _generation);
        return bytes;
    }

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, AssignableTopic> topics, IReadOnlyList<MemberSubscription> members)
    {
        var assignment = base.Assign(topics, members);
        foreach (var (partition, member) in Transferring ?? FindTransfers(members, assignment))
        {
            assignment[member].Remove(partition);
        }

        return assignment;
    }

    private protected override MemberHistory HistoryOf(MemberSubscription member)
    {
        if (member.GenerationId is { } generation)
        {
            return new MemberHistory(member.OwnedPartitions, generation);
        }

        // Before KIP-792 the generation stood in the user data.
        return new MemberHistory(member.OwnedPartitions, member.UserData switch
        {
            null => null,
            { Length: >= sizeof(int) } data => BinaryPrimitives.ReadInt32BigEndian(data.Span),
            _ => NoGeneration,
        });
    }

    private static Dictionary<TopicPartition, string> FindTransfers(
        IReadOnlyList<MemberSubscription> members, IReadOnlyDictionary<string, List<TopicPartition>> assignment)
    {
        var added = new Dictionary<TopicPartition, string>();
        var revoked = new HashSet<TopicPartition>();
        foreach (var member in members)
        {
            var assigned = assignment[member.MemberId];
            var owned = member.OwnedPartitions.ToHashSet();
            foreach (var partition in assigned.Where(partition => !owned.Contains(partition)))
            {
                added[partition] = member.MemberId;
            }

            revoked.UnionWith(owned.Except(assigned));
        }

        return added.Where(entry => revoked.Contains(entry.Key)).ToDictionary();
    }
}
