using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>Registration and unregistration of brokers and controllers (KIP-631, KIP-919). Pure; mutates nothing.</summary>
public static partial class ClusterManager
{
    /// <summary>Says whether a broker speaks for its present registration.</summary>
    public static ApiError CheckEpoch(MetadataImage image, int brokerId, long epoch)
    {
        BrokerRegistration? broker = image.Cluster.Broker(brokerId);
        if (broker is null)
        {
            return new(ErrorCode.StaleBrokerEpoch, $"No broker registration found for broker id {brokerId}");
        }

        return broker.Epoch == epoch
            ? ApiError.None
            : new(ErrorCode.StaleBrokerEpoch, $"Expected broker epoch {broker.Epoch}, but got broker epoch {epoch}");
    }

    /// <summary>Registers a broker, anew or with changes. Whether an older incarnation still lives, the sessions tell.</summary>
    public static ControllerResult<BrokerRegistrationResponse> RegisterBroker(
        MetadataImage image, BrokerRegistrationRequest request, ControlContext context, BrokerSessions sessions)
    {
        int id = request.BrokerId;
        BrokerRegistration? existing = image.Cluster.Broker(id);
        bool isSameIncarnation = existing is not null && existing.IncarnationId == request.IncarnationId;
        ApiError error = CheckRegistration(image, request, context, sessions, existing, isSameIncarnation);
        if (error.IsError)
        {
            return ControllerResult<BrokerRegistrationResponse>.Answer(new() { ErrorCode = error.Code, BrokerEpoch = -1 });
        }

        MetadataVersion version = image.MetadataVersion;
        var record = new RegisterBrokerRecord
        {
            BrokerId = id,
            IncarnationId = request.IncarnationId,
            Rack = request.Rack,
            BrokerEpoch = isSameIncarnation ? existing!.Epoch : context.NextOffset,
            Fenced = !isSameIncarnation || existing!.Fenced,
            InControlledShutdown = isSameIncarnation && existing!.InControlledShutdown,
        };
        foreach (BrokerRegistrationRequest.Listener listener in request.Listeners)
        {
            record.EndPoints.Add(new() { Name = listener.Name, Host = listener.Host, Port = listener.Port, SecurityProtocol = listener.SecurityProtocol });
        }

        foreach ((string name, VersionRange range) in FeaturesOf(request))
        {
            record.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        if (version.IsDirectoryAssignmentSupported)
        {
            record.LogDirs = [.. request.LogDirs];
        }

        var records = new List<MetadataRecord>();
        if (!isSameIncarnation)
        {
            var view = new TopicView(image, context.Node);
            if (existing is null)
            {
                TakeFromTheAbsent(view, records);
            }
            else if (!KeepsItsLeaderships(image, existing, request))
            {
                HandleRestart(view, existing, request.PreviousBrokerEpoch, records);
            }

            // The epoch is the offset of the registration, which comes after these.
            record.BrokerEpoch = context.NextOffset + records.Count;
        }

        records.Add(new(record, version.RegisterBrokerRecordVersion));

        // Not all at once: the old incarnation may leave more partitions than one batch of records has room for, and each of these changes is right without the others.
        return new(records, new BrokerRegistrationResponse { BrokerEpoch = record.BrokerEpoch });
    }

    /// <summary>Forgets a broker that is gone for good.</summary>
    public static ControllerResult<UnregisterBrokerResponse> UnregisterBroker(MetadataImage image, UnregisterBrokerRequest request, ControlContext context)
    {
        int id = request.BrokerId;
        BrokerRegistration? broker = image.Cluster.Broker(id);
        if (broker is null)
        {
            return ControllerResult<UnregisterBrokerResponse>.Answer(
                new() { ErrorCode = ErrorCode.BrokerIdNotRegistered, ErrorMessage = $"Broker ID {id} is not currently registered" });
        }

        var records = new List<MetadataRecord>();
        var view = new TopicView(image, context.Node);
        LeadershipManager.UpdatePartitions(view, partition => partition.Isr.Contains(id) || partition.Elr.Contains(id), remove: id, -1, unclean: id, records);
        records.Add(new(new UnregisterBrokerRecord { BrokerId = id, BrokerEpoch = broker.Epoch }, 0));
        return new(records, new UnregisterBrokerResponse { ErrorMessage = null });
    }

    public static ControllerResult<ControllerRegistrationResponse> RegisterController(
        MetadataImage image, ControllerRegistrationRequest request, ControlContext context)
    {
        if (!image.MetadataVersion.IsControllerRegistrationSupported)
        {
            return ControllerResult<ControllerRegistrationResponse>.Answer(new()
            {
                ErrorCode = ErrorCode.UnsupportedVersion,
                ErrorMessage = "The current MetadataVersion is too old to support controller registrations.",
            });
        }

        var record = new RegisterControllerRecord { ControllerId = request.ControllerId, IncarnationId = request.IncarnationId, ZkMigrationReady = false };
        foreach (ControllerRegistrationRequest.Listener listener in request.Listeners)
        {
            record.EndPoints.Add(new() { Name = listener.Name, Host = listener.Host, Port = listener.Port, SecurityProtocol = listener.SecurityProtocol });
        }

        foreach (ControllerRegistrationRequest.Feature feature in request.Features)
        {
            record.Features.Add(
                new() { Name = feature.Name, MinSupportedVersion = feature.MinSupportedVersion, MaxSupportedVersion = feature.MaxSupportedVersion });
        }

        return ControllerResult<ControllerRegistrationResponse>.Atomic([new(record, MetadataVersion.RegisterControllerRecordVersion)], new() { ErrorMessage = null });
    }

    public static ControllerResult<UnregisterControllerResponse> UnregisterController(
        MetadataImage image, UnregisterControllerRequest request, ControlContext context)
    {
        if (!image.MetadataVersion.IsControllerUnregistrationSupported)
        {
            return ControllerResult<UnregisterControllerResponse>.Answer(new()
            {
                ErrorCode = ErrorCode.UnsupportedVersion,
                ErrorMessage = "The current MetadataVersion is too old to support controller unregistration.",
            });
        }

        int id = request.ControllerId;
        if (!image.Cluster.Controllers.ContainsKey(id))
        {
            return ControllerResult<UnregisterControllerResponse>.Answer(
                new() { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = $"Controller ID {id} is not currently registered." });
        }

        return ControllerResult<UnregisterControllerResponse>.Atomic([new(new UnregisterControllerRecord { ControllerId = id }, 0)], new() { ErrorMessage = null });
    }

    /// <summary>A broker that is alone, stopped in good order and has all its directories has lost nothing, and nobody else has led meanwhile.</summary>
    private static bool KeepsItsLeaderships(MetadataImage image, BrokerRegistration existing, BrokerRegistrationRequest request) =>
        IsAlone(image, existing.Id) && request.PreviousBrokerEpoch == existing.Epoch && existing.Directories.All(request.LogDirs.Contains);

    /// <summary>A second broker comes: if the first is away and has kept what it leads, as long as it was alone, it loses that now, as it would have when it went.</summary>
    private static void TakeFromTheAbsent(TopicView view, List<MetadataRecord> records)
    {
        if (view.Image.Cluster.Brokers is { Count: 1 } brokers && brokers.Values.First() is { Fenced: true, Id: var absent })
        {
            LeadershipManager.UpdatePartitions(view, partition => partition.Leader == absent, remove: absent, -1, -1, records);
        }
    }

    /// <summary>
    /// The old incarnation is gone, so it is in sync nowhere. One that says its old epoch shut down cleanly; any other may have lost records that it had
    /// acknowledged, and cannot be an eligible leader replica either (KIP-966).
    /// </summary>
    private static void HandleRestart(TopicView view, BrokerRegistration existing, long previousEpoch, List<MetadataRecord> records)
    {
        int id = existing.Id;
        if (previousEpoch == existing.Epoch || !view.Image.MetadataVersion.IsElrSupported)
        {
            LeadershipManager.UpdatePartitions(view, partition => partition.Isr.Contains(id), remove: id, -1, -1, records);
        }
        else
        {
            LeadershipManager.UpdatePartitions(view, partition => partition.Isr.Contains(id) || partition.Elr.Contains(id), -1, -1, unclean: id, records);
        }
    }

    private static SortedDictionary<string, VersionRange> FeaturesOf(BrokerRegistrationRequest request)
    {
        var features = new SortedDictionary<string, VersionRange>(StringComparer.Ordinal);
        foreach (BrokerRegistrationRequest.Feature feature in request.Features)
        {
            features[feature.Name] = new(feature.MinSupportedVersion, feature.MaxSupportedVersion);
        }

        // Whoever does not say supports the first level only.
        features.TryAdd(MetadataVersion.FeatureName, new(MetadataVersion.Minimum.Level, MetadataVersion.Minimum.Level));
        return features;
    }

    private static ApiError CheckRegistration(
        MetadataImage image,
        BrokerRegistrationRequest request,
        ControlContext context,
        BrokerSessions sessions,
        BrokerRegistration? existing,
        bool isSameIncarnation)
    {
        if (request.ClusterId != context.ClusterId)
        {
            return new(ErrorCode.InconsistentClusterId, $"Expected cluster ID {context.ClusterId}, but got cluster ID {request.ClusterId}");
        }

        if (existing is { Fenced: false } && !isSameIncarnation && sessions.IsValid(existing.Id, context.NowMs))
        {
            return new(ErrorCode.DuplicateBrokerRegistration, "Another broker is registered with that broker id.");
        }

        if (request.IsMigratingZkBroker)
        {
            return new(ErrorCode.BrokerIdNotRegistered, "Controller does not support registering ZK brokers.");
        }

        if (image.MetadataVersion.IsDirectoryAssignmentSupported && CheckDirectories(image, request) is { } problem)
        {
            return new(ErrorCode.InvalidRegistration, problem);
        }

        return CheckFeatures(image, FeaturesOf(request));
    }

    private static string? CheckDirectories(MetadataImage image, BrokerRegistrationRequest request)
    {
        if (request.LogDirs.Count == 0)
        {
            return "No directories specified in request";
        }

        var seen = new HashSet<Uuid>();
        foreach (Uuid directory in request.LogDirs)
        {
            if (DirectoryId.IsReserved(directory))
            {
                return "Reserved directory ID in request";
            }

            if (!seen.Add(directory))
            {
                return "Duplicate directory ID in request";
            }

            foreach (BrokerRegistration other in image.Cluster.Brokers.Values)
            {
                if (other.Id != request.BrokerId && other.Directories.Contains(directory))
                {
                    return $"Broker {other.Id} is already registered with directory {directory}";
                }
            }
        }

        return null;
    }

    private static ApiError CheckFeatures(MetadataImage image, SortedDictionary<string, VersionRange> features)
    {
        var finalized = new Dictionary<string, short>(image.Features.Levels, StringComparer.Ordinal)
        {
            [MetadataVersion.FeatureName] = image.MetadataVersion.Level,
        };
        foreach ((string name, short level) in finalized)
        {
            VersionRange range = features.GetValueOrDefault(name);
            if (!range.Contains(level))
            {
                return new(
                    ErrorCode.UnsupportedVersion,
                    $"Unable to register because the broker does not support finalized version {level} of {name}. "
                    + $"The broker wants a version between {range.Min} and {range.Max}, inclusive.");
            }
        }

        return ApiError.None;
    }
}
