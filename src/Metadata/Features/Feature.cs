namespace Moldau.Metadata;

/// <summary>A feature whose level the cluster agrees on (KIP-584, KIP-1022), as this program knows it. Immutable.</summary>
public sealed class Feature
{
    private readonly FeatureLevel[] _levels;

    internal Feature(string name, params FeatureLevel[] levels)
    {
        Name = name;
        _levels = levels;
    }

    public string Name { get; }

    public short LatestProduction => _levels[^1].Level;

    public VersionRange SupportedRange => new(_levels[0].Level, LatestProduction);

    public IReadOnlyList<FeatureLevel> Levels => _levels;

    /// <summary>The level that a cluster newly formatted at <paramref name="version"/> gets.</summary>
    public short DefaultLevel(MetadataVersion version)
    {
        short level = 0;
        foreach (FeatureLevel candidate in _levels)
        {
            if (candidate.DefaultFrom <= version)
            {
                level = candidate.Level;
            }
        }

        return level;
    }
}
