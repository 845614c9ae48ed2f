namespace Moldau.Cli;

/// <summary>Spreads replicas evenly over brokers, and over racks where all brokers have one. Pure: the same input gives the same plan.</summary>
internal static class ReplicaPlan
{
    /// <summary>The replicas of each partition, the preferred leader first.</summary>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="factor">How many replicas each; at most as many as brokers.</param>
    /// <param name="brokers">The brokers with their racks.</param>
    /// <param name="start">Which broker begins: another for each topic, so that leaders spread.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Spread(int partitions, int factor, IReadOnlyList<(int Id, string? Rack)> brokers, int start)
    {
        if (factor < 1 || factor > brokers.Count)
        {
            throw CliException.Usage($"replication factor {factor} needs as many brokers: there are {brokers.Count}");
        }

        bool hasRacks = brokers.All(broker => !string.IsNullOrEmpty(broker.Rack));
        List<(int Id, string? Rack)> ring = Interleaved(brokers, hasRacks);
        int racks = hasRacks ? brokers.Select(broker => broker.Rack).Distinct(StringComparer.Ordinal).Count() : brokers.Count;
        var plan = new List<IReadOnlyList<int>>(partitions);
        for (int partition = 0; partition < partitions; partition++)
        {
            int first = (start + partition) % ring.Count;
            // Followers of the partitions that one broker leads go to different brokers in each round.
            int shift = ring.Count > 1 ? 1 + (partition / ring.Count % (ring.Count - 1)) : 0;
            plan.Add(Replicas(ring, first, shift, factor, hasRacks, racks));
        }

        return plan;
    }

    private static List<int> Replicas(List<(int Id, string? Rack)> ring, int first, int shift, int factor, bool hasRacks, int racks)
    {
        var chosen = new List<int> { ring[first].Id };
        var used = new HashSet<string?> { ring[first].Rack };
        for (int pass = 0; pass < 2 && chosen.Count < factor; pass++)
        {
            for (int step = 0; step < ring.Count && chosen.Count < factor; step++)
            {
                (int id, string? rack) = ring[(first + shift + step) % ring.Count];
                bool isNewRack = !hasRacks || used.Count >= racks || !used.Contains(rack);
                if (!chosen.Contains(id) && (isNewRack || pass == 1))
                {
                    chosen.Add(id);
                    used.Add(rack);
                }
            }
        }

        return chosen;
    }

    /// <summary>One broker of each rack in turn.</summary>
    private static List<(int Id, string? Rack)> Interleaved(IReadOnlyList<(int Id, string? Rack)> brokers, bool hasRacks)
    {
        IEnumerable<(int Id, string? Rack)> sorted = brokers.OrderBy(broker => broker.Id);
        return !hasRacks
            ? [.. sorted]
            : [.. sorted.GroupBy(broker => broker.Rack).OrderBy(rack => rack.Key, StringComparer.Ordinal).SelectMany(rack => rack.Index()).OrderBy(broker => broker.Index).Select(broker => broker.Item)];
    }
}
