using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// What the sticky assignors have in common: who owned what, and the two ways to share out. Where all members want the same topics, quotas tell exactly
/// what each gets; otherwise partitions are moved one by one until nothing gets better. Racks (KIP-881) come before stickiness and after balance.
/// </summary>
public abstract class StickyAssignorBase : ConsumerAssignor
{
    internal const int NoGeneration = -1;

    /// <summary>The highest generation seen; it outlives a call, as members of generations before it are known to be late.</summary>
    private int _generationMax = NoGeneration;

    private protected StickyAssignorBase()
    {
    }

    /// <summary>Partitions that changed hands in the last assignment, and who has them now; null when nobody kept count.</summary>
    internal Dictionary<TopicPartition, string>? Transferring { get; private set; }

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, AssignableTopic> topics, IReadOnlyList<MemberSubscription> members)
    {
        var ordered = MemberOrder.AsInHashMap(members);
        var racks = new RackTable(topics, members);
        var ownership = new PreviousOwners(ordered);
        foreach (var member in ordered)
        {
            var history = HistoryOf(member);
            _generationMax = Math.Max(_generationMax, history.Generation ?? NoGeneration);
            ownership.Add(member, history, topics);
        }

        if (WantTheSame(ordered))
        {
            var even = new EvenStickyAssignment(topics, ordered, ownership, racks);
            var assignment = even.Build();
            Transferring = even.Transferring;
            return assignment;
        }

        Transferring = null;
        var histories = ordered.ConvertAll(member => HistoryOf(member));
        return new GeneralStickyAssignment(topics, ordered, ownership.Owned, racks).Build(histories, _generationMax);
    }

    private protected abstract MemberHistory HistoryOf(MemberSubscription member);

    private static bool WantTheSame(List<MemberSubscription> members)
    {
        var wanted = new HashSet<string>();
        var equal = true;
        foreach (var member in members)
        {
            // A member that wants nothing leaves it to the next to say what all want, as in Java.
            if (wanted.Count == 0)
            {
                wanted.UnionWith(member.Topics);
            }
            else
            {
                equal &= member.Topics.Count == wanted.Count && wanted.IsSupersetOf(member.Topics);
            }
        }

        return equal;
    }
}
