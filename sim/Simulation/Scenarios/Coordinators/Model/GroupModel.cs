namespace Moldau.Simulation;

/// <summary>A group as its members believe it to be: who owns which partition, until when at most, and what was committed.</summary>
internal sealed class GroupModel(SimWorld world, string id, int partitions, long sessionTimeoutMs)
{
    private readonly Dictionary<int, Owner> _owners = [];
    private readonly Dictionary<(int Generation, int Partition), string> _claims = [];
    private readonly List<(string Member, int Epoch, int Partition)> _ghosts = [];

    public string Id { get; } = id;

    public IReadOnlyList<OffsetRegister> Offsets { get; } = [.. Enumerable.Range(0, partitions).Select(index => new OffsetRegister($"offset of {id}, partition {index}"))];

    /// <summary>The highest generation that a member was given an assignment of.</summary>
    public int Generation { get; private set; } = -1;

    public int OwnedCount => _owners.Count;

    public string OwnerOf(int partition) => _owners.TryGetValue(partition, out Owner? owner) ? owner.Member : "nobody";

    public (string Member, int Epoch) EpochOf(int partition) => _owners.TryGetValue(partition, out Owner? owner) ? (owner.Member, owner.Epoch) : ("nobody", -1);

    /// <summary>A member of a classic group was given its part of a generation that it asked for at <paramref name="askedAfter"/> others had.</summary>
    public void ClaimGeneration(int generation, int askedAfter, string member, IEnumerable<int> owned)
    {
        Require(generation >= askedAfter, $"G3: {member} gets generation {generation}, others had {askedAfter} before it asked");
        Generation = Math.Max(Generation, generation);
        foreach (int partition in owned)
        {
            bool isFree = _claims.TryAdd((generation, partition), member);
            Require(isFree || _claims[(generation, partition)] == member, $"G1: partition {partition} in generation {generation} is {member}'s and {_claims[(generation, partition)]}'s");
        }
    }

    /// <summary>A member of a KIP-848 group begins to own a partition, by the answer to a heartbeat that was sent then.</summary>
    public void Claim(int partition, string member, int epoch, long sentMs)
    {
        if (_owners.TryGetValue(partition, out Owner? owner) && owner.Member != member)
        {
            Require(owner.LastBeatMs + sessionTimeoutMs <= world.NowMs, $"G1: {member} is given partition {partition}, which {owner.Member} owns");
            _ghosts.Add((owner.Member, owner.Epoch, partition));
        }

        _owners[partition] = new Owner(member) { Epoch = epoch, LastBeatMs = sentMs };
    }

    /// <summary>A heartbeat, sent then, was answered: the member is current for a session from then on.</summary>
    public void Beat(string member, int epoch, long sentMs)
    {
        foreach (Owner owner in _owners.Values.Where(owner => owner.Member == member))
        {
            owner.Epoch = epoch;
            owner.LastBeatMs = sentMs;
        }
    }

    public void Release(int partition, string member)
    {
        if (_owners.TryGetValue(partition, out Owner? owner) && owner.Member == member)
        {
            _owners.Remove(partition);
        }
    }

    /// <summary>A commit that must be refused: its member has lost the partition to another.</summary>
    public (string Member, int Epoch, int Partition)? PickGhost(SimRandom random) =>
        _ghosts.Count == 0 ? null : _ghosts[random.Next(_ghosts.Count)];

    public void AddGhost(string member, int epoch, int partition) => _ghosts.Add((member, epoch, partition));

    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException($"group {Id}: {what}");
        }
    }

    private sealed class Owner(string member)
    {
        public string Member { get; } = member;

        public int Epoch { get; set; }

        public long LastBeatMs { get; set; }
    }
}
