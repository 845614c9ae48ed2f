namespace Moldau.Simulation;

/// <summary>A seeded bug: the scenarios must find it.</summary>
/// <param name="Disk">A lie of the disk.</param>
/// <param name="Other">A lie of something else.</param>
public readonly record struct Flaw(DiskBug Disk, OtherBug Other = OtherBug.None)
{
    public static Flaw None => default;

    /// <summary>A flaw by name: one of <see cref="DiskBug"/> or <see cref="OtherBug"/>.</summary>
    public static bool TryParse(string name, out Flaw flaw)
    {
        bool isDisk = Enum.TryParse(name, out DiskBug disk);
        bool isOther = Enum.TryParse(name, out OtherBug other);
        flaw = new Flaw(isDisk ? disk : DiskBug.None, isOther ? other : OtherBug.None);
        return isDisk || isOther;
    }

    public override string ToString() => Disk == DiskBug.None ? $"{Other}" : $"{Disk}";
}
