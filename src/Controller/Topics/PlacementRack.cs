namespace Moldau.Controller;

/// <summary>The brokers of one rack while replicas are placed.</summary>
internal sealed class PlacementRack
{
    internal PlacementRing Fenced { get; } = new();

    internal PlacementRing Unfenced { get; } = new();

    /// <summary>The next broker of this epoch, fenced ones last; -1 when the rack is used up.</summary>
    internal int Next(int epoch)
    {
        int broker = Unfenced.Next(epoch);
        return broker >= 0 ? broker : Fenced.Next(epoch);
    }
}
