using System.Globalization;
using Moldau.Configuration;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>Dynamic configurations: IncrementalAlterConfigs (KIP-339) and the older AlterConfigs. Pure; mutates nothing.</summary>
public static class ConfigManager
{
    /// <summary>Each resource succeeds or fails alone; what succeeds is one atomic change.</summary>
    public static ControllerResult<IncrementalAlterConfigsResponse> IncrementalAlter(
        MetadataImage image, IncrementalAlterConfigsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new IncrementalAlterConfigsResponse();
        Dictionary<ConfigResource, int> counts = Count(request.Resources, static resource => Resource(resource.ResourceType, resource.ResourceName));
        foreach (IncrementalAlterConfigsRequest.AlterConfigsResource item in request.Resources)
        {
            ConfigResource resource = Resource(item.ResourceType, item.ResourceName);
            ApiError error = Duplicates(counts, resource);
            if (!error.IsError)
            {
                var edits = new List<ConfigEdit>(item.Configs.Count);
                foreach (IncrementalAlterConfigsRequest.AlterableConfig config in item.Configs)
                {
                    edits.Add(new(config.Name, (ConfigOperation)config.ConfigOperation, config.Value));
                }

                error = Alter(image, resource, edits, isReplace: false, mustExist: true, context, records);
            }

            response.Responses.Add(new()
            {
                ResourceType = item.ResourceType,
                ResourceName = item.ResourceName,
                ErrorCode = error.Code,
                ErrorMessage = error.Message,
            });
        }

        return ControllerResult<IncrementalAlterConfigsResponse>.Atomic(request.ValidateOnly ? [] : records, response);
    }

    /// <summary>As <see cref="IncrementalAlter"/>, but what a resource has set and the request does not name is removed.</summary>
    public static ControllerResult<AlterConfigsResponse> Alter(MetadataImage image, AlterConfigsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new AlterConfigsResponse();
        Dictionary<ConfigResource, int> counts = Count(request.Resources, static resource => Resource(resource.ResourceType, resource.ResourceName));
        foreach (AlterConfigsRequest.AlterConfigsResource item in request.Resources)
        {
            ConfigResource resource = Resource(item.ResourceType, item.ResourceName);
            ApiError error = Duplicates(counts, resource);
            if (!error.IsError)
            {
                var edits = new List<ConfigEdit>(item.Configs.Count);
                foreach (AlterConfigsRequest.AlterableConfig config in item.Configs)
                {
                    edits.Add(new(config.Name, ConfigOperation.Set, config.Value));
                }

                error = Alter(image, resource, edits, isReplace: true, mustExist: true, context, records);
            }

            response.Responses.Add(new()
            {
                ResourceType = item.ResourceType,
                ResourceName = item.ResourceName,
                ErrorCode = error.Code,
                ErrorMessage = error.Message,
            });
        }

        return ControllerResult<AlterConfigsResponse>.Atomic(request.ValidateOnly ? [] : records, response);
    }

    /// <summary>Adds the records that change one resource, or says why it cannot be changed.</summary>
    internal static ApiError Alter(
        MetadataImage image, ConfigResource resource, List<ConfigEdit> edits, bool isReplace, bool mustExist, ControlContext context, List<MetadataRecord> records)
    {
        IReadOnlyDictionary<string, string> current = image.Configs.Of(resource);
        ConfigFault? fault = isReplace
            ? ConfigEditor.Replace(resource.Type, current, edits, out Dictionary<string, string?> changes)
            : ConfigEditor.Incremental(resource.Type, current, edits, out changes);
        fault ??= Check(resource, ConfigEditor.Apply(current, changes), context.Node);
        if (fault is not null)
        {
            return new((ErrorCode)(short)fault.Kind, fault.Message);
        }

        ApiError missing = mustExist ? CheckExists(image, resource) : ApiError.None;
        if (missing.IsError)
        {
            return missing;
        }

        // Nothing is changed when the aftermath refuses it.
        var aftermath = new List<MetadataRecord>();
        ApiError refused = ElrAftermath(image, resource, changes, aftermath);
        if (refused.IsError)
        {
            return refused;
        }

        foreach ((string name, string? value) in changes)
        {
            records.Add(new(new ConfigRecord { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, Name = name, Value = value }, 0));
        }

        records.AddRange(aftermath);
        return ApiError.None;
    }

    private static ConfigFault? Check(ConfigResource resource, Dictionary<string, string> properties, NodeConfiguration node)
    {
        if (resource.Type == ConfigResourceType.Topic && resource.Name.Length > 0 && TopicNames.Validate(resource.Name) is { } problem)
        {
            return new((ConfigFaultKind)(short)ErrorCode.InvalidTopicException, problem);
        }

        return ConfigCheck.Resource(resource.Type, resource.Name, properties, node);
    }

    private static ApiError CheckExists(MetadataImage image, ConfigResource resource)
    {
        switch (resource.Type)
        {
            case ConfigResourceType.Topic when image.Topics.Find(resource.Name) is null:
                return new(ErrorCode.UnknownTopicOrPartition, $"The topic '{resource.Name}' does not exist.");
            case ConfigResourceType.Broker when resource.Name.Length > 0:
                int id = int.Parse(resource.Name, CultureInfo.InvariantCulture);
                bool exists = image.Cluster.Brokers.ContainsKey(id) || image.Cluster.Controllers.ContainsKey(id);
                return exists ? ApiError.None : new(ErrorCode.BrokerIdNotRegistered, $"No node with id {id} found.");
            default:
                return ApiError.None;
        }
    }

    /// <summary>
    /// With eligible leader replicas, a changed min.insync.replicas changes who is eligible: the sets start anew (KIP-966). The cluster-wide value may not go away.
    /// </summary>
    private static ApiError ElrAftermath(MetadataImage image, ConfigResource resource, Dictionary<string, string?> changes, List<MetadataRecord> records)
    {
        if (!image.Features.IsElrEnabled || !changes.TryGetValue("min.insync.replicas", out string? value))
        {
            return ApiError.None;
        }

        if (resource.Type == ConfigResourceType.Broker)
        {
            if (resource.Name.Length > 0)
            {
                return new(ErrorCode.InvalidConfig, "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
            }

            if (value is null)
            {
                return new(ErrorCode.InvalidConfig, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
            }
        }

        if (resource.Type is ConfigResourceType.Topic or ConfigResourceType.Broker)
        {
            records.Add(new(new ClearElrRecord { TopicName = resource.Type == ConfigResourceType.Topic ? resource.Name : "" }, 0));
        }

        return ApiError.None;
    }

    private static ConfigResource Resource(sbyte type, string name) => new((ConfigResourceType)type, name);

    private static Dictionary<ConfigResource, int> Count<T>(List<T> items, Func<T, ConfigResource> resourceOf)
    {
        var counts = new Dictionary<ConfigResource, int>();
        foreach (T item in items)
        {
            ConfigResource resource = resourceOf(item);
            counts[resource] = counts.GetValueOrDefault(resource) + 1;
        }

        return counts;
    }

    /// <summary>A resource that is named twice is refused each time.</summary>
    private static ApiError Duplicates(Dictionary<ConfigResource, int> counts, ConfigResource resource) =>
        counts[resource] > 1 ? new(ErrorCode.InvalidRequest, "Each resource must appear at most once.") : ApiError.None;
}
