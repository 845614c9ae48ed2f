namespace Moldau.Simulation;

/// <summary>A seeded bug: the scenarios must find it.</summary>
/// <param name="Disk">A lie of the disk.</param>
/// <param name="AcksBeforeSync">Durable appends are acknowledged before they are synced.</param>
public readonly record struct Flaw(DiskBug Disk, bool AcksBeforeSync = false)
{
    public static Flaw None => default;
}
