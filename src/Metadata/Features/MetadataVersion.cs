using System.Diagnostics.CodeAnalysis;

namespace Moldau.Metadata;

/// <summary>
/// A level of the feature metadata.version: which metadata records, fields and inter-broker requests the cluster may use (KIP-778).
/// Levels run from 7 (3.3-IV3, the first that Kafka 4 accepts) to 34 (4.5-IV0, not for production yet).
/// </summary>
public readonly record struct MetadataVersion(short Level) : IComparable<MetadataVersion>
{
    public const string FeatureName = "metadata.version";

    /// <summary>The lowest level that exists; an empty or very old log is read as if it said this.</summary>
    public static readonly MetadataVersion Minimum = new(7);

    /// <summary>What a newly formatted cluster gets.</summary>
    public static readonly MetadataVersion LatestProduction = new(33);

    public static readonly MetadataVersion Latest = new(34);

    private static readonly string[] Names =
    [
        "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4",
        "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0", "4.4-IV1",
        "4.4-IV2", "4.5-IV0",
    ];

    /// <summary>The name operators know, such as <c>4.4-IV2</c>.</summary>
    public string VersionString => Names[Level - Minimum.Level];

    /// <summary>The release the level belongs to, such as <c>4.4</c>.</summary>
    public string Release => VersionString[..VersionString.IndexOf('-', StringComparison.Ordinal)];

    public bool IsProduction => Level <= LatestProduction.Level;

    /// <summary>True when the step from the level before to this one changed records, so that stepping back may lose metadata.</summary>
    public bool DidMetadataChange => Level is 7 or 8 or 11 or 13 or 14 or 15 or 17 or 23 or 30 or 32 or 33;

    /// <summary>ZooKeeper migration state may be in the log (until 4.0 it always was).</summary>
    public bool IsMigrationSupported => Level >= 8;

    public bool IsScramSupported => Level >= 11;

    /// <summary>Before this level every shrink of an ISR had to bump the leader epoch.</summary>
    public bool IsLeaderEpochBumpRequiredOnIsrShrink => Level < 12;

    /// <summary>KIP-868: records may be wrapped in begin and end markers.</summary>
    public bool IsMetadataTransactionSupported => Level >= 13;

    public bool IsDelegationTokenSupported => Level >= 14;

    public bool IsControllerRegistrationSupported => Level >= 15;

    /// <summary>KIP-858: partitions name the log directory of each replica.</summary>
    public bool IsDirectoryAssignmentSupported => Level >= 17;

    /// <summary>KIP-966: eligible leader replicas can be recorded. Whether they are is the feature eligible.leader.replicas.version.</summary>
    public bool IsElrSupported => Level >= 23;

    public bool IsCordonedLogDirsSupported => Level >= 30;

    public bool IsCidrAclSupported => Level >= 32;

    public bool IsControllerUnregistrationSupported => Level >= 33;

    public short RegisterBrokerRecordVersion => Level switch { >= 30 => 4, >= 17 => 3, >= 8 => 2, _ => 1 };

    public const short RegisterControllerRecordVersion = 0;

    public short PartitionRecordVersion => Level switch { >= 23 => 2, >= 17 => 1, _ => 0 };

    public short PartitionChangeRecordVersion => PartitionRecordVersion;

    /// <summary>The version of Fetch that followers send.</summary>
    public short FetchRequestVersion => Level switch { >= 27 => 18, >= 21 => 17, >= 19 => 16, >= 10 => 15, 9 => 14, _ => 13 };

    /// <summary>The version of ListOffsets that followers send.</summary>
    public short ListOffsetsRequestVersion => Level switch { >= 29 => 11, >= 25 => 10, >= 21 => 9, >= 9 => 8, _ => 7 };

    public static bool operator <(MetadataVersion left, MetadataVersion right) => left.Level < right.Level;

    public static bool operator >(MetadataVersion left, MetadataVersion right) => left.Level > right.Level;

    public static bool operator <=(MetadataVersion left, MetadataVersion right) => left.Level <= right.Level;

    public static bool operator >=(MetadataVersion left, MetadataVersion right) => left.Level >= right.Level;

    public static bool IsKnown(short level) => level >= Minimum.Level && level <= Latest.Level;

    /// <summary>
    /// Reads <c>4.4-IV2</c>, or a release such as <c>4.4</c> or <c>4.4.0</c>, which stands for its newest level that is ready for production
    /// (or, for a release that has none yet, its newest level).
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MetadataVersion? version)
    {
        version = null;
        int exact = Array.IndexOf(Names, text);
        if (exact >= 0)
        {
            version = new((short)(exact + Minimum.Level));
            return true;
        }

        string[] parts = text.Split('.');
        if (parts.Length is not (2 or 3))
        {
            return false;
        }

        string release = $"{parts[0]}.{parts[1]}";
        for (short level = Latest.Level; level >= Minimum.Level; level--)
        {
            MetadataVersion candidate = new(level);
            if (candidate.Release == release && (version is null || (!version.Value.IsProduction && candidate.IsProduction)))
            {
                version = candidate;
            }
        }

        return version is not null;
    }

    /// <summary>True when going from one level down to the other would lose no metadata.</summary>
    public static bool IsDowngradeLossless(MetadataVersion from, MetadataVersion to)
    {
        for (int level = from.Level; level > to.Level; level--)
        {
            if (new MetadataVersion((short)level).DidMetadataChange)
            {
                return false;
            }
        }

        return true;
    }

    public int CompareTo(MetadataVersion other) => Level.CompareTo(other.Level);

    public override string ToString() => IsKnown(Level) ? VersionString : $"level {Level}";
}
