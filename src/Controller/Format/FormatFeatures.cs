using System.Globalization;
using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>The feature levels that a cluster is formatted with (KIP-584, KIP-1022): those asked for, and the defaults of the release.</summary>
public static class FormatFeatures
{
    /// <summary>Reads <c>--feature name=level</c>.</summary>
    /// <exception cref="StorageFormatException">The text is something else.</exception>
    public static KeyValuePair<string, short> ParseArgument(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw new StorageFormatException($"Can't parse feature=level string {text}: equals sign not found.");
        }
        string level = text[(equals + 1)..].Trim();
        return short.TryParse(level, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out short parsed)
            ? new(text[..equals].Trim(), parsed)
            : throw new StorageFormatException($"Can't parse feature=level string {text}: unable to parse {level} as a short.");
    }

    /// <summary>The metadata.version to format with.</summary>
    /// <exception cref="StorageFormatException">It is unknown, not stable, or named twice.</exception>
    public static MetadataVersion Release(string? releaseVersion, IReadOnlyDictionary<string, short> asked)
    {
        MetadataVersion version = MetadataVersion.LatestProduction;
        if (asked.TryGetValue(MetadataVersion.FeatureName, out short level))
        {
            if (releaseVersion is not null)
            {
                throw new StorageFormatException($"Use --release-version instead of --feature {MetadataVersion.FeatureName}=X to avoid ambiguity.");
            }
            version = MetadataVersion.IsKnown(level)
                ? new MetadataVersion(level)
                : throw new StorageFormatException(
                    $"No {MetadataVersion.FeatureName} with feature level {level}. "
                    + $"Valid feature levels are from {MetadataVersion.Minimum.Level} to {MetadataVersion.Latest.Level}.");
        }
        else if (releaseVersion is not null)
        {
            version = MetadataVersion.TryParse(releaseVersion, out MetadataVersion? parsed)
                ? parsed.Value
                : throw new StorageFormatException(
                    $"Unknown metadata.version '{releaseVersion}'. "
                    + $"Supported metadata.version are: {MetadataVersion.Minimum} to {MetadataVersion.LatestProduction}");
        }
        return version.IsProduction ? version : throw new StorageFormatException($"{MetadataVersion.FeatureName} {version} is not yet stable.");
    }

    /// <summary>All levels, metadata.version and kraft.version included.</summary>
    /// <exception cref="StorageFormatException">A feature or level is unknown, or needs another that is not there.</exception>
    public static SortedDictionary<string, short> Effective(MetadataVersion release, IReadOnlyDictionary<string, short> asked, bool isDynamicQuorum)
    {
        var levels = new SortedDictionary<string, short>(StringComparer.Ordinal) { [MetadataVersion.FeatureName] = release.Level };
        foreach ((string name, short level) in asked)
        {
            if (name != MetadataVersion.FeatureName)
            {
                Feature feature = KnownFeatures.Find(name) ?? throw new StorageFormatException(
                    $"Unsupported feature: {name}. Supported features are: {string.Join(", ", KnownFeatures.All.Select(known => known.Name))}");
                if (!feature.Levels.Any(known => known.Level == level))
                {
                    throw new StorageFormatException($"No feature:{name} with feature level {level}");
                }
                levels[name] = level;
            }
        }
        foreach (Feature feature in KnownFeatures.All)
        {
            levels.TryAdd(feature.Name, feature.Name == KnownFeatures.KRaftVersion ? (short)(isDynamicQuorum ? 1 : 0) : feature.DefaultLevel(release));
        }
        CheckKRaftVersion(levels[KnownFeatures.KRaftVersion], isDynamicQuorum);
        CheckDependencies(levels);
        return levels;
    }

    /// <summary>The records: metadata.version first, then the others by name. Level 0 needs no record; kraft.version is a control record of the log.</summary>
    public static IReadOnlyList<MetadataRecord> ToRecords(SortedDictionary<string, short> levels)
    {
        List<MetadataRecord> records = [Record(MetadataVersion.FeatureName, levels[MetadataVersion.FeatureName])];
        foreach ((string name, short level) in levels)
        {
            if (level > 0 && name is not (MetadataVersion.FeatureName or KnownFeatures.KRaftVersion))
            {
                records.Add(Record(name, level));
            }
        }
        return records;
    }

    private static MetadataRecord Record(string name, short level) => new(new FeatureLevelRecord { Name = name, FeatureLevel = level }, 0);

    private static void CheckKRaftVersion(short level, bool isDynamicQuorum)
    {
        if (level == 0 && isDynamicQuorum)
        {
            throw new StorageFormatException(
                "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags --standalone, --initial-controllers, or "
                + "--no-initial-controllers is used. For dynamic controllers support, try removing the --feature flag for kraft.version.");
        }
        if (level != 0 && !isDynamicQuorum)
        {
            throw new StorageFormatException(
                $"Cannot set kraft.version to {level} unless controller.quorum.voters is empty and one of the flags --standalone, --initial-controllers, or "
                + "--no-initial-controllers is used. For dynamic controllers support, "
                + "try using one of --standalone, --initial-controllers, or --no-initial-controllers.");
        }
    }

    private static void CheckDependencies(SortedDictionary<string, short> levels)
    {
        foreach (Feature feature in KnownFeatures.All)
        {
            FeatureLevel level = feature.Levels.First(known => known.Level == levels[feature.Name]);
            foreach (FeatureDependency need in level.Needs)
            {
                if (levels[need.Feature] < need.Level)
                {
                    throw new StorageFormatException(
                        $"{feature.Name} could not be set to {level.Level} because it depends on {need.Feature} level {need.Level}");
                }
            }
        }
    }
}
