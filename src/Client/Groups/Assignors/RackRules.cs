namespace Moldau.Client;

/// <summary>When racks make a difference to an assignment (KIP-881).</summary>
internal static class RackRules
{
    /// <summary>They do when some member is in a rack that has a replica, and not all partitions have replicas in all the racks.</summary>
    public static bool RacksMatter(IReadOnlySet<string> memberRacks, IReadOnlyCollection<IReadOnlySet<string>> replicaRacks)
    {
        if (memberRacks.Count == 0)
        {
            return false;
        }

        var all = replicaRacks.SelectMany(racks => racks).ToHashSet();
        return memberRacks.Overlaps(all) && !replicaRacks.All(all.SetEquals);
    }
}
