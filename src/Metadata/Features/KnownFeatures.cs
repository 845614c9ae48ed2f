using System.Collections.Frozen;

namespace Moldau.Metadata;

/// <summary>The features of Apache Kafka 4.4 that are ready for production. metadata.version is apart: see <see cref="MetadataVersion"/>.</summary>
public static class KnownFeatures
{
    public const string KRaftVersion = "kraft.version";
    public const string TransactionVersion = "transaction.version";
    public const string GroupVersion = "group.version";
    public const string EligibleLeaderReplicasVersion = "eligible.leader.replicas.version";
    public const string ShareVersion = "share.version";
    public const string StreamsVersion = "streams.version";

    private static readonly MetadataVersion Always = MetadataVersion.Minimum;

    /// <summary>All but metadata.version, in the order in which a formatted cluster's records name them.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        new(EligibleLeaderReplicasVersion, new FeatureLevel(0, Always), new FeatureLevel(1, new(26), new FeatureDependency(MetadataVersion.FeatureName, 23))),
        new(GroupVersion, new FeatureLevel(0, Always), new FeatureLevel(1, new(22))),
        new(KRaftVersion, new FeatureLevel(0, Always), new FeatureLevel(1, new(21))),
        new(ShareVersion, new FeatureLevel(0, Always), new FeatureLevel(1, new(28)), new FeatureLevel(2, new(31))),
        new(StreamsVersion, new FeatureLevel(0, Always), new FeatureLevel(1, new(29))),
        new(TransactionVersion, new FeatureLevel(0, Always), new FeatureLevel(1, new(24)), new FeatureLevel(2, new(24))),
    ];

    private static readonly FrozenDictionary<string, Feature> ByName = All.ToFrozenDictionary(feature => feature.Name);

    /// <summary>The ranges this program supports, metadata.version included, as a registration announces them.</summary>
    public static IReadOnlyDictionary<string, VersionRange> SupportedRanges { get; } = MakeSupportedRanges();

    /// <summary>The feature of that name; null when this program knows none.</summary>
    public static Feature? Find(string name) => ByName.GetValueOrDefault(name);

    private static SortedDictionary<string, VersionRange> MakeSupportedRanges()
    {
        var ranges = new SortedDictionary<string, VersionRange>(StringComparer.Ordinal)
        {
            [MetadataVersion.FeatureName] = new(MetadataVersion.Minimum.Level, MetadataVersion.LatestProduction.Level),
        };
        foreach (Feature feature in All)
        {
            ranges[feature.Name] = feature.SupportedRange;
        }

        return ranges;
    }
}
