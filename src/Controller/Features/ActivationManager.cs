using System.Globalization;
using Moldau.Configuration;
using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>What a controller writes first when it becomes active (KIP-868), and what a newly formatted cluster starts with. Pure.</summary>
public static class ActivationManager
{
    private const string TransactionName = "Bootstrap records";
    private const string AbortReason = "Controller failover";

    /// <summary>The feature levels that <c>storage format</c> gives a new cluster. Extra records (SCRAM users) follow them.</summary>
    /// <param name="version">The metadata.version.</param>
    /// <param name="overrides">Levels asked for explicitly.</param>
    public static List<MetadataRecord> BootstrapRecords(MetadataVersion version, IReadOnlyDictionary<string, short>? overrides = null)
    {
        var records = new List<MetadataRecord>
        {
            new(new FeatureLevelRecord { Name = MetadataVersion.FeatureName, FeatureLevel = version.Level }, 0),
        };
        foreach (Feature feature in KnownFeatures.All)
        {
            // kraft.version is a control record of the log itself.
            if (feature.Name == KnownFeatures.KRaftVersion)
            {
                continue;
            }

            short level = overrides is not null && overrides.TryGetValue(feature.Name, out short wanted) ? wanted : feature.DefaultLevel(version);
            if (level > 0)
            {
                records.Add(new(new FeatureLevelRecord { Name = feature.Name, FeatureLevel = level }, 0));
            }
        }

        return records;
    }

    /// <summary>The records of a log that has none yet.</summary>
    /// <param name="bootstrap">From the formatted directory's first snapshot.</param>
    /// <param name="isInTransaction">True when a controller before this one failed amidst its own bootstrap.</param>
    /// <param name="context">Configuration.</param>
    public static ControllerResult<string> ForEmptyLog(IReadOnlyList<MetadataRecord> bootstrap, bool isInTransaction, ControlContext context)
    {
        MetadataImage image = MetadataImage.Empty.With([.. bootstrap]);
        MetadataVersion version = image.MetadataVersion;
        var records = new List<MetadataRecord>();
        if (isInTransaction)
        {
            records.Add(new(new AbortTransactionRecord { Reason = AbortReason }, 0));
        }

        if (version.IsMetadataTransactionSupported)
        {
            records.Add(new(new BeginTransactionRecord { Name = TransactionName }, 0));
        }

        records.AddRange(bootstrap);
        if (image.Features.IsElrEnabled)
        {
            records.Add(MinIsrRecord(context));
        }

        if (version.IsMetadataTransactionSupported)
        {
            records.Add(new(new EndTransactionRecord(), 0));
        }

        string what = string.Create(
            CultureInfo.InvariantCulture, $"the metadata log is empty: {bootstrap.Count} bootstrap records at metadata.version {version}");
        return new(records, what, IsAtomic: !version.IsMetadataTransactionSupported);
    }

    /// <summary>The records of a log with a past: a transaction that its controller did not end is aborted.</summary>
    public static ControllerResult<string> ForExistingLog(MetadataImage image, bool isInTransaction)
    {
        if (!isInTransaction)
        {
            return ControllerResult<string>.Answer($"metadata.version {image.MetadataVersion}");
        }

        return ControllerResult<string>.Atomic(
            [new(new AbortTransactionRecord { Reason = AbortReason }, 0)], $"aborting an unfinished metadata transaction at metadata.version {image.MetadataVersion}");
    }

    /// <summary>The cluster-wide min.insync.replicas that eligible leader replicas need, from this controller's configuration.</summary>
    internal static MetadataRecord MinIsrRecord(ControlContext context) => new(
        new ConfigRecord
        {
            ResourceType = (sbyte)ConfigResourceType.Broker,
            ResourceName = "",
            Name = "min.insync.replicas",
            Value = context.Node.Int("min.insync.replicas").ToString(CultureInfo.InvariantCulture),
        },
        0);
}
