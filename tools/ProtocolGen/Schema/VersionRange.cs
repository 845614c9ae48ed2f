namespace Moldau.ProtocolGen.Schema;

/// <summary>An inclusive range of versions; empty when <see cref="Highest"/> is below <see cref="Lowest"/>.</summary>
public readonly record struct VersionRange(int Lowest, int Highest)
{
    /// <summary>Stands for "and all later ones".</summary>
    public const int Open = short.MaxValue;

    public static VersionRange None => new(0, -1);

    public bool IsEmpty => Highest < Lowest;

    public VersionRange And(VersionRange other)
    {
        var both = new VersionRange(Math.Max(Lowest, other.Lowest), Math.Min(Highest, other.Highest));
        return both.IsEmpty || IsEmpty || other.IsEmpty ? None : both;
    }

    public bool Covers(VersionRange other) => other.And(this) == other;

    /// <summary>
    /// The C# condition that is true for these versions among those of <paramref name="scope"/>; "true" or "false" when it is the same for all of them.
    /// </summary>
    public string ConditionIn(VersionRange scope)
    {
        VersionRange here = And(scope);
        if (here.IsEmpty)
        {
            return "false";
        }
        if (here == scope)
        {
            return "true";
        }
        if (here.Lowest == here.Highest)
        {
            return $"version == {here.Lowest}";
        }
        if (here.Highest == scope.Highest)
        {
            return $"version >= {here.Lowest}";
        }
        return here.Lowest == scope.Lowest ? $"version <= {here.Highest}" : $"version is >= {here.Lowest} and <= {here.Highest}";
    }

    public override string ToString() => Lowest == Highest ? $"{Lowest}" : $"{Lowest}-{Highest}";
}
