using System.Globalization;
using Moldau.Configuration;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>UpdateFeatures (KIP-584, KIP-778, KIP-1022). Pure; mutates nothing.</summary>
public static class FeatureManager
{
    private const sbyte Upgrade = 1;
    private const sbyte UnsafeDowngrade = 3;

    /// <summary>All features change, or none.</summary>
    public static ControllerResult<UpdateFeaturesResponse> Update(MetadataImage image, UpdateFeaturesRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var proposed = new Dictionary<string, short>(image.Features.Levels, StringComparer.Ordinal)
        {
            [MetadataVersion.FeatureName] = image.MetadataVersion.Level,
        };
        foreach (UpdateFeaturesRequest.FeatureUpdateKey update in request.FeatureUpdates)
        {
            proposed[update.Feature] = update.MaxVersionLevel;
        }

        foreach (UpdateFeaturesRequest.FeatureUpdateKey update in request.FeatureUpdates)
        {
            ApiError error = Update(image, update, proposed, context, records);
            if (error.IsError)
            {
                return ControllerResult<UpdateFeaturesResponse>.Answer(new()
                {
                    ErrorCode = error.Code,
                    ErrorMessage = "The update failed for all features since the following feature had an error: " + error.Message,
                });
            }
        }

        var response = new UpdateFeaturesResponse { ErrorMessage = null };
        if (context.ApiVersion < 2)
        {
            foreach (UpdateFeaturesRequest.FeatureUpdateKey update in request.FeatureUpdates)
            {
                response.Results.Add(new() { Feature = update.Feature, ErrorMessage = "NONE" });
            }
        }

        return ControllerResult<UpdateFeaturesResponse>.Atomic(request.ValidateOnly ? [] : records, response);
    }

    private static ApiError Update(
        MetadataImage image,
        UpdateFeaturesRequest.FeatureUpdateKey update,
        Dictionary<string, short> proposed,
        ControlContext context,
        List<MetadataRecord> records)
    {
        string feature = update.Feature;
        short level = update.MaxVersionLevel;
        sbyte type = context.ApiVersion == 0 ? (sbyte)(update.AllowDowngrade ? 2 : Upgrade) : update.UpgradeType;
        if (type is < Upgrade or > UnsafeDowngrade)
        {
            return Invalid(feature, level, "The controller does not support the given upgrade type.");
        }

        if (level < 0)
        {
            return Invalid(feature, level, "A feature version cannot be less than 0.");
        }

        if (ReasonNotSupported(image, feature, level, context) is { } reason)
        {
            return Invalid(feature, level, reason);
        }

        short current = feature == MetadataVersion.FeatureName ? image.MetadataVersion.Level : image.Features.Level(feature);
        if (level < current && type == Upgrade)
        {
            return Invalid(
                feature, level, "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.");
        }

        if (level > current && type != Upgrade)
        {
            return Invalid(feature, level, "Can't downgrade to a newer version.");
        }

        if (feature == MetadataVersion.FeatureName)
        {
            ApiError error = CheckMetadataVersion(image, level, type);
            if (!error.IsError)
            {
                records.Add(Level(feature, level));
            }

            return error;
        }

        if (MissingDependency(feature, level, proposed) is { } missing)
        {
            return Invalid(feature, level, missing);
        }

        records.Add(Level(feature, level));
        if (feature == KnownFeatures.EligibleLeaderReplicasVersion)
        {
            AddElrRecords(image, level, context, records);
        }

        return ApiError.None;
    }

    /// <summary>The first reason why some node could not follow; null when all can.</summary>
    private static string? ReasonNotSupported(MetadataImage image, string feature, short level, ControlContext context)
    {
        string? reason = ReasonNotSupported($"Local controller {context.Node.NodeId}", feature, level, context.SupportedFeatures);
        if (reason is not null)
        {
            return reason;
        }

        foreach (BrokerRegistration broker in image.Cluster.Brokers.Values)
        {
            reason = ReasonNotSupported($"Broker {broker.Id}", feature, level, broker.Features);
            if (reason is not null)
            {
                return reason;
            }
        }

        if (!image.MetadataVersion.IsControllerRegistrationSupported)
        {
            return null;
        }

        foreach (ControllerRegistration controller in image.Cluster.Controllers.Values)
        {
            reason = controller.Id == context.Node.NodeId ? null : ReasonNotSupported($"Controller {controller.Id}", feature, level, controller.Features);
            if (reason is not null)
            {
                return reason;
            }
        }

        foreach (int id in context.QuorumIds)
        {
            if (id != context.Node.NodeId && !image.Cluster.Controllers.ContainsKey(id))
            {
                return $"controller {id} has not registered, and may not support this feature";
            }
        }

        return null;
    }

    private static string? ReasonNotSupported(string who, string feature, short level, IReadOnlyDictionary<string, VersionRange> supported)
    {
        VersionRange range = supported.TryGetValue(feature, out VersionRange known) ? known : default;
        if (range.Contains(level))
        {
            return null;
        }

        return range == default ? $"{who} does not support this feature." : $"{who} only supports versions {range}";
    }

    private static ApiError CheckMetadataVersion(MetadataImage image, short level, sbyte type)
    {
        if (!MetadataVersion.IsKnown(level))
        {
            string range = $"Valid versions are from {MetadataVersion.Minimum.Level} to {MetadataVersion.LatestProduction.Level}.";
            return new(ErrorCode.InvalidUpdateVersion, $"Invalid metadata.version {level}. {range}");
        }

        MetadataVersion current = image.MetadataVersion;
        var next = new MetadataVersion(level);
        if (next >= current || MetadataVersion.IsDowngradeLossless(current, next))
        {
            return ApiError.None;
        }

        string why = type == UnsafeDowngrade
            ? "Unsafe metadata downgrade is not supported in this version."
            : "Refusing to perform the requested downgrade because it might delete metadata information.";
        return new(
            ErrorCode.InvalidUpdateVersion, $"Unsupported metadata.version downgrade from {current.Level} to {next.Level}. {why}");
    }

    private static string? MissingDependency(string feature, short level, Dictionary<string, short> proposed)
    {
        foreach (FeatureLevel known in KnownFeatures.Find(feature)?.Levels ?? [])
        {
            if (known.Level != level)
            {
                continue;
            }

            foreach (FeatureDependency need in known.Needs)
            {
                if (proposed.GetValueOrDefault(need.Feature) < need.Level)
                {
                    return need.Feature == MetadataVersion.FeatureName
                        ? $"{feature} could not be set to {level} because it depends on metadata.version={need.Level} "
                            + $"({new MetadataVersion(need.Level).VersionString})"
                        : $"{feature} could not be set to {level} because it depends on {need.Feature} level {need.Level}";
                }
            }
        }

        return null;
    }

    /// <summary>With eligible leader replicas min.insync.replicas must be the same for all brokers, so it becomes a cluster-wide value (KIP-966).</summary>
    private static void AddElrRecords(MetadataImage image, short level, ControlContext context, List<MetadataRecord> records)
    {
        if (level == 0)
        {
            records.Add(new(new ClearElrRecord(), 0));
            return;
        }

        if (image.Configs.Value(new(ConfigResourceType.Broker, ""), "min.insync.replicas") is null)
        {
            records.Add(ActivationManager.MinIsrRecord(context));
        }

        foreach ((ConfigResource resource, var values) in image.Configs.Resources)
        {
            if (resource.Type == ConfigResourceType.Broker && resource.Name.Length > 0 && values.ContainsKey("min.insync.replicas"))
            {
                records.Add(new(
                    new ConfigRecord { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, Name = "min.insync.replicas", Value = null }, 0));
            }
        }
    }

    private static MetadataRecord Level(string feature, short level) => new(new FeatureLevelRecord { Name = feature, FeatureLevel = level }, 0);

    private static ApiError Invalid(string feature, short level, string why) =>
        new(ErrorCode.InvalidUpdateVersion, string.Create(CultureInfo.InvariantCulture, $"Invalid update version {level} for feature {feature}. {why}"));
}
