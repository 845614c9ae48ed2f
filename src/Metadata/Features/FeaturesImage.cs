using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>The finalized features. Immutable.</summary>
public sealed class FeaturesImage : IEquatable<FeaturesImage>
{
    public static readonly FeaturesImage Empty = new(null, ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal), null);

    internal FeaturesImage(MetadataVersion? metadataVersion, ImmutableSortedDictionary<string, short> levels, sbyte? zkMigrationState)
    {
        FinalizedMetadataVersion = metadataVersion;
        Levels = levels;
        ZkMigrationState = zkMigrationState;
    }

    /// <summary>The level that the log names; null when no record named one yet.</summary>
    public MetadataVersion? FinalizedMetadataVersion { get; }

    /// <summary>The level in force: <see cref="Metadata.MetadataVersion.Minimum"/> until the log names one.</summary>
    public MetadataVersion MetadataVersion => FinalizedMetadataVersion ?? MetadataVersion.Minimum;

    /// <summary>Levels above 0 of all other features.</summary>
    public ImmutableSortedDictionary<string, short> Levels { get; }

    /// <summary>What a log older than 4.0 says of a migration from ZooKeeper; kept so that a snapshot loses nothing.</summary>
    public sbyte? ZkMigrationState { get; }

    public bool IsElrEnabled => Level(KnownFeatures.EligibleLeaderReplicasVersion) >= 1;

    /// <summary>The finalized level of a feature, metadata.version included; 0 when the cluster does not use it.</summary>
    public short Level(string feature) =>
        feature == MetadataVersion.FeatureName ? FinalizedMetadataVersion?.Level ?? 0 : Levels.GetValueOrDefault(feature);

    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        // A reader needs the metadata.version before all that follows, so it comes first, and always in record version 0.
        if (FinalizedMetadataVersion is not null)
        {
            writer.Write(new(new FeatureLevelRecord { Name = MetadataVersion.FeatureName, FeatureLevel = version.Level }, 0));
        }

        foreach ((string name, short level) in Levels)
        {
            writer.Write(new(new FeatureLevelRecord { Name = name, FeatureLevel = level }, 0));
        }

        if (ZkMigrationState is { } state && version.IsMigrationSupported)
        {
            writer.Write(new(new ZkMigrationStateRecord { ZkMigrationState = state }, 0));
        }
    }

    public bool Equals(FeaturesImage? other) =>
        other is not null
        && FinalizedMetadataVersion == other.FinalizedMetadataVersion
        && ZkMigrationState == other.ZkMigrationState
        && Structural.Equal(Levels, other.Levels);

    public override bool Equals(object? obj) => Equals(obj as FeaturesImage);

    public override int GetHashCode() => HashCode.Combine(FinalizedMetadataVersion, Levels.Count);
}
