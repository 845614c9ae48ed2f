using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which features get another level.</summary>
public sealed class FeaturesDelta(FeaturesImage image)
{
    private readonly Dictionary<string, short> _changes = new(StringComparer.Ordinal);
    private bool _isSnapshot;
    private sbyte? _zkMigrationState;

    /// <summary>The new metadata.version; null when it stays.</summary>
    public MetadataVersion? MetadataVersionChange { get; private set; }

    /// <summary>New levels of other features; 0 takes the feature away.</summary>
    public IReadOnlyDictionary<string, short> Changes => _changes;

    internal void Replay(FeatureLevelRecord record)
    {
        if (record.Name != MetadataVersion.FeatureName)
        {
            _changes[record.Name] = record.FeatureLevel;
            return;
        }

        if (!MetadataVersion.IsKnown(record.FeatureLevel))
        {
            throw new MetadataException(
                $"the metadata log is at metadata.version {record.FeatureLevel}, but this program knows "
                + $"{MetadataVersion.Minimum.Level} to {MetadataVersion.Latest.Level} ({MetadataVersion.Latest})");
        }

        MetadataVersionChange = new(record.FeatureLevel);
    }

    internal void Replay(ZkMigrationStateRecord record) => _zkMigrationState = record.ZkMigrationState;

    internal void FinishSnapshot()
    {
        _isSnapshot = true;
        foreach (string name in image.Levels.Keys)
        {
            _changes.TryAdd(name, 0);
        }
    }

    internal FeaturesImage Apply()
    {
        ImmutableSortedDictionary<string, short> levels = image.Levels;
        foreach ((string name, short level) in _changes)
        {
            levels = level == 0 ? levels.Remove(name) : levels.SetItem(name, level);
        }

        return new FeaturesImage(
            MetadataVersionChange ?? (_isSnapshot ? null : image.FinalizedMetadataVersion),
            levels,
            _zkMigrationState ?? (_isSnapshot ? null : image.ZkMigrationState));
    }
}
