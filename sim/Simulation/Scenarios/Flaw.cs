namespace Moldau.Simulation;

/// <summary>A seeded bug: the scenarios must find it.</summary>
/// <param name="Disk">A lie of the disk.</param>
/// <param name="AcksBeforeSync">Durable appends are acknowledged before they are synced.</param>
public readonly record struct Flaw(DiskBug Disk, bool AcksBeforeSync = false)
{
    public static Flaw None => default;

    /// <summary>A flaw by name: one of <see cref="DiskBug"/>, or AcksBeforeSync.</summary>
    public static bool TryParse(string name, out Flaw flaw)
    {
        bool acks = name == nameof(AcksBeforeSync);
        bool known = Enum.TryParse(name, out DiskBug bug) || acks;
        flaw = new Flaw(bug, acks);
        return known;
    }
}
