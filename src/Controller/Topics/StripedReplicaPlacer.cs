using Moldau.Metadata;

namespace Moldau.Controller;

/// <summary>
/// Places replicas so that leaders and followers spread evenly over brokers, and the replicas of a partition over racks, even when racks differ in size:
/// partitions walk over the racks, and each rack walks over its brokers, both moving their start by one with each partition. The first replica is never
/// on a fenced broker. One instance serves one operation.
/// </summary>
public sealed class StripedReplicaPlacer
{
    private readonly ControlContext _context;
    private readonly List<PlacementRack> _racks;
    private readonly int _total;
    private readonly int _unfenced;
    private int _epoch;
    private int _offset;

    public StripedReplicaPlacer(IEnumerable<UsableBroker> brokers, ControlContext context)
    {
        _context = context;
        var racks = new SortedDictionary<string, PlacementRack>(StringComparer.Ordinal);
        foreach (UsableBroker broker in brokers)
        {
            string name = broker.Rack is null ? "" : "/" + broker.Rack;
            if (!racks.TryGetValue(name, out PlacementRack? rack))
            {
                rack = new PlacementRack();
                racks.Add(name, rack);
            }

            (broker.Fenced ? rack.Fenced : rack.Unfenced).Add(broker.Id);
            _total++;
            _unfenced += broker.Fenced ? 0 : 1;
        }

        _racks = [.. racks.Values];
        foreach (PlacementRack rack in _racks)
        {
            rack.Fenced.Initialize(context);
            rack.Unfenced.Initialize(context);
        }

        _offset = _racks.Count == 0 ? 0 : context.NextInt(_racks.Count);
    }

    /// <summary>The brokers of an image that may be given replicas: not about to go, and not all directories cordoned.</summary>
    public static List<UsableBroker> UsableBrokers(MetadataImage image)
    {
        var usable = new List<UsableBroker>();
        foreach (BrokerRegistration broker in image.Cluster.Brokers.Values)
        {
            bool cordoned = broker.CordonedDirectories is { Length: > 0 } out_ && out_.Length >= broker.Directories.Length;
            if (!broker.InControlledShutdown && !cordoned)
            {
                usable.Add(new(broker.Id, broker.Rack, broker.Fenced));
            }
        }

        return usable;
    }

    /// <summary>The replicas of <paramref name="partitions"/> partitions, the preferred leader of each first.</summary>
    /// <exception cref="PlacementException">There are too few brokers.</exception>
    public List<int[]> Place(int partitions, int replicationFactor)
    {
        if (replicationFactor <= 0)
        {
            throw new PlacementException($"Invalid replication factor {replicationFactor}: the replication factor must be positive.");
        }

        if (_unfenced == 0)
        {
            throw new PlacementException("All brokers are currently fenced.");
        }

        if (replicationFactor > _total)
        {
            throw new PlacementException(
                $"The target replication factor of {replicationFactor} cannot be reached because only {_total} broker(s) are registered or some brokers have all their log directories cordoned.");
        }

        var placements = new List<int[]>(partitions);
        for (int i = 0; i < partitions; i++)
        {
            placements.Add(PlaceOne(replicationFactor));
        }

        return placements;
    }

    private int[] PlaceOne(int replicationFactor)
    {
        if (_epoch == _unfenced && _unfenced > 1)
        {
            // Every start has been used once: without a shuffle the same assignments would come again.
            Shuffle();
            _epoch = 0;
        }

        if (_offset == _racks.Count)
        {
            _offset = 0;
        }

        int[] replicas = new int[replicationFactor];
        int firstRack = _offset;
        while ((replicas[0] = _racks[firstRack].Unfenced.Next(_epoch)) < 0)
        {
            firstRack = (firstRack + 1) % _racks.Count;
        }

        int rack = _offset;
        for (int i = 1; i < replicationFactor; i++)
        {
            int next = -1;
            do
            {
                if (rack == firstRack)
                {
                    // The leader's rack has had its turn in this round.
                    firstRack = -1;
                }
                else
                {
                    next = _racks[rack].Next(_epoch);
                }

                rack = (rack + 1) % _racks.Count;
            }
            while (next < 0);
            replicas[i] = next;
        }

        _epoch++;
        _offset++;
        return replicas;
    }

    private void Shuffle()
    {
        for (int i = _racks.Count - 1; i > 0; i--)
        {
            int other = _context.NextInt(i + 1);
            (_racks[i], _racks[other]) = (_racks[other], _racks[i]);
        }

        foreach (PlacementRack rack in _racks)
        {
            rack.Fenced.Shuffle(_context);
            rack.Unfenced.Shuffle(_context);
        }
    }
}
