using Moldau.Core;

namespace Moldau.Raft;

/// <summary>
/// The voters of the quorum, immutable. With kraft.version 0 they come from <c>controller.quorum.voters</c> and have no directory ids; with
/// kraft.version 1 they come from the newest VotersRecord in snapshot or log (KIP-853).
/// </summary>
public sealed class VoterSet
{
    private readonly SortedDictionary<int, VoterNode> _voters;

    public VoterSet(IEnumerable<VoterNode> voters)
    {
        _voters = [];
        foreach (VoterNode voter in voters)
        {
            Invariant.That(_voters.TryAdd(voter.Key.Id, voter), "each voter id occurs once");
        }
    }

    public static VoterSet Empty { get; } = new([]);

    public int Count => _voters.Count;

    /// <summary>The voters, by ascending id.</summary>
    public IReadOnlyCollection<VoterNode> Voters => _voters.Values;

    /// <summary>The ids, ascending.</summary>
    public IReadOnlyCollection<int> Ids => _voters.Keys;

    public bool ContainsId(int id) => _voters.ContainsKey(id);

    public VoterNode? Find(int id) => _voters.GetValueOrDefault(id);

    /// <summary>True when this very replica votes: same id, and the same directory unless the set does not know directories.</summary>
    public bool IsVoter(ReplicaKey replica) =>
        _voters.TryGetValue(replica.Id, out VoterNode? voter) && (voter.Key.DirectoryId.IsZero || voter.Key.DirectoryId == replica.DirectoryId);

    public bool IsOnlyVoter(ReplicaKey replica) => _voters.Count == 1 && IsVoter(replica);

    /// <summary>True when every majority of this set meets every majority of the other: at most one voter was added or removed (KIP-853).</summary>
    public bool HasOverlappingMajority(VoterSet other)
    {
        int gone = _voters.Values.Count(voter => !other._voters.TryGetValue(voter.Key.Id, out VoterNode? now) || now.Key != voter.Key);
        int added = other._voters.Values.Count(voter => !_voters.TryGetValue(voter.Key.Id, out VoterNode? was) || was.Key != voter.Key);
        return gone + added <= 1;
    }

    /// <summary>This set with the voter put in, or put in the place of the one with its id.</summary>
    public VoterSet With(VoterNode voter) => new([.. _voters.Values.Where(known => known.Key.Id != voter.Key.Id), voter]);

    /// <summary>This set without the voter.</summary>
    public VoterSet Without(ReplicaKey voter) => new(_voters.Values.Where(known => known.Key != voter));

    public bool SameAs(VoterSet other) => _voters.Values.SequenceEqual(other._voters.Values);

    public override string ToString() => $"[{string.Join(", ", _voters.Values.Select(voter => voter.Key))}]";
}
