using System.Globalization;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>CreateTopics, DeleteTopics and CreatePartitions (KIP-4, KIP-195, KIP-464, KIP-516, KIP-525). Pure; mutates nothing.</summary>
public static partial class TopicManager
{
    /// <summary>Each topic succeeds or fails alone; those that succeed are one atomic change.</summary>
    public static ControllerResult<CreateTopicsResponse> Create(MetadataImage image, CreateTopicsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new CreateTopicsResponse();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            seen[topic.Name] = seen.GetValueOrDefault(topic.Name) + 1;
        }

        Lazy<Dictionary<string, string>> collisions = new(() => UnifiedNames(image));
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            int times = seen[topic.Name];
            if (times == 0)
            {
                continue;
            }

            ApiError error;
            var result = new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, ErrorMessage = null };
            if (times > 1)
            {
                seen[topic.Name] = 0;
                error = new(ErrorCode.InvalidRequest, "Duplicate topic name.");
            }
            else
            {
                error = CreateOne(image, topic, context, collisions, records, result);
            }

            response.Topics.Add(error.IsError ? new() { Name = topic.Name, ErrorCode = error.Code, ErrorMessage = error.Message } : result);
        }

        if (records.Count > Limits.RecordsPerOperation)
        {
            return ControllerResult<CreateTopicsResponse>.Answer(Refuse(request, Limits.TooManyRecords()));
        }

        return ControllerResult<CreateTopicsResponse>.Atomic(request.ValidateOnly ? [] : records, response);
    }

    /// <summary>An answer that refuses all topics for one reason, as when the controller is not active.</summary>
    public static CreateTopicsResponse Refuse(CreateTopicsRequest request, ApiError error)
    {
        var response = new CreateTopicsResponse();
        foreach (CreateTopicsRequest.CreatableTopic topic in request.Topics)
        {
            response.Topics.Add(new() { Name = topic.Name, ErrorCode = error.Code, ErrorMessage = error.Message });
        }

        return response;
    }

    private static Dictionary<string, string> UnifiedNames(MetadataImage image)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in image.Topics.ByName.Keys)
        {
            if (TopicNames.HasCollisionChars(name))
            {
                names[TopicNames.UnifyCollisionChars(name)] = name;
            }
        }

        return names;
    }

    private static ApiError CheckName(MetadataImage image, string name, Lazy<Dictionary<string, string>> collisions)
    {
        if (name == TopicNames.ClusterMetadata)
        {
            // It is the log of the metadata quorum itself, and no topic.
            return new(ErrorCode.TopicAuthorizationFailed);
        }

        if (image.Topics.Find(name) is not null)
        {
            return new(ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (TopicNames.Validate(name) is { } problem)
        {
            return new(ErrorCode.InvalidTopicException, problem);
        }

        if (TopicNames.HasCollisionChars(name) && collisions.Value.TryGetValue(TopicNames.UnifyCollisionChars(name), out string? other))
        {
            return new(ErrorCode.InvalidTopicException, $"Topic '{name}' collides with existing topic: {other}");
        }

        return ApiError.None;
    }

    private static ApiError CreateOne(
        MetadataImage image,
        CreateTopicsRequest.CreatableTopic topic,
        ControlContext context,
        Lazy<Dictionary<string, string>> collisions,
        List<MetadataRecord> records,
        CreateTopicsResponse.CreatableTopicResult result)
    {
        ApiError error = CheckName(image, topic.Name, collisions);
        if (error.IsError)
        {
            return error;
        }

        var configRecords = new List<MetadataRecord>();
        error = CheckConfigs(image, topic, context, configRecords, out Dictionary<string, string> configs);
        if (error.IsError)
        {
            return error;
        }

        error = topic.Assignments.Count > 0
            ? AssignManually(image, topic, context, out List<PartitionRegistration> partitions)
            : AssignByPlacer(image, topic, context, out partitions);
        if (error.IsError)
        {
            return error;
        }

        Uuid id = context.NewUuid();
        records.Add(new(new TopicRecord { Name = topic.Name, TopicId = id }, 0));
        records.AddRange(configRecords);
        for (int i = 0; i < partitions.Count; i++)
        {
            records.Add(partitions[i].ToRecord(id, i, image.MetadataVersion));
        }

        Describe(topic.Name, id, partitions, configs, context, result);
        return ApiError.None;
    }

    private static ApiError CheckConfigs(
        MetadataImage image,
        CreateTopicsRequest.CreatableTopic topic,
        ControlContext context,
        List<MetadataRecord> records,
        out Dictionary<string, string> configs)
    {
        configs = new(StringComparer.Ordinal);
        var nulls = new List<string>();
        var edits = new List<ConfigEdit>(topic.Configs.Count);
        foreach (CreateTopicsRequest.CreatableTopicConfig config in topic.Configs)
        {
            if (config.Value is null)
            {
                nulls.Add(config.Name);
                continue;
            }

            configs[config.Name] = config.Value;
        }

        if (nulls.Count > 0)
        {
            return new(ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {string.Join(",", nulls)}");
        }

        foreach ((string name, string value) in configs)
        {
            edits.Add(new(name, ConfigOperation.Set, value));
        }

        if (edits.Count == 0)
        {
            return ApiError.None;
        }

        ApiError error = ConfigManager.Alter(image, ConfigResource.Topic(topic.Name), edits, isReplace: false, mustExist: false, context, records);
        records.RemoveAll(static record => record.Message is ClearElrRecord);
        return error;
    }

    private static void Describe(
        string name,
        Uuid id,
        List<PartitionRegistration> partitions,
        Dictionary<string, string> configs,
        ControlContext context,
        CreateTopicsResponse.CreatableTopicResult result)
    {
        result.TopicId = id;
        if (context.MayDescribeConfigs?.Invoke(name) == false)
        {
            result.TopicConfigErrorCode = ErrorCode.TopicAuthorizationFailed;
            return;
        }

        result.NumPartitions = partitions.Count;
        result.ReplicationFactor = (short)partitions[0].Replicas.Length;
        result.Configs = [];
        foreach (ConfigEntry entry in ConfigDescriber.DescribeTopic(context.Node, configs, new DescribeOptions()).OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            result.Configs.Add(new()
            {
                Name = entry.Name,
                Value = configs.GetValueOrDefault(entry.Name) ?? entry.Value,
                ReadOnly = entry.IsReadOnly,
                ConfigSource = (sbyte)entry.Source,
                IsSensitive = entry.IsSensitive,
            });
        }
    }

    private static ApiError AssignManually(
        MetadataImage image, CreateTopicsRequest.CreatableTopic topic, ControlContext context, out List<PartitionRegistration> partitions)
    {
        partitions = [];
        if (topic.ReplicationFactor != -1)
        {
            return new(ErrorCode.InvalidRequest, "A manual partition assignment was specified, but replication factor was not set to -1.");
        }

        if (topic.NumPartitions != -1)
        {
            return new(ErrorCode.InvalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }

        var view = new TopicView(image, context.Node);
        var byIndex = new SortedDictionary<int, PartitionRegistration>();
        int? replicationFactor = null;
        foreach (CreateTopicsRequest.CreatableReplicaAssignment assignment in topic.Assignments)
        {
            int index = assignment.PartitionIndex;
            if (byIndex.ContainsKey(index))
            {
                return new(ErrorCode.InvalidReplicaAssignment, $"Found multiple manual partition assignments for partition {index}");
            }

            int[] replicas = BrokerIds.ToArray(assignment.BrokerIds);
            ApiError error = Assignments.Check(image, replicas, replicationFactor);
            if (error.IsError)
            {
                return error;
            }

            replicationFactor = replicas.Length;
            PartitionRegistration? partition = Assignments.NewPartition(view, replicas);
            if (partition is null)
            {
                return new(
                    ErrorCode.InvalidReplicaAssignment,
                    $"All brokers specified in the manual partition assignment for partition {index} are fenced or in controlled shutdown.");
            }

            byIndex.Add(index, partition);
        }

        for (int i = 0; i < byIndex.Count; i++)
        {
            if (!byIndex.ContainsKey(i))
            {
                return new(ErrorCode.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence");
            }
        }

        partitions.AddRange(byIndex.Values);
        return ApiError.None;
    }

    private static ApiError AssignByPlacer(
        MetadataImage image, CreateTopicsRequest.CreatableTopic topic, ControlContext context, out List<PartitionRegistration> partitions)
    {
        partitions = [];
        if (topic.ReplicationFactor is < -1 or 0)
        {
            return new(ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.");
        }

        if (topic.NumPartitions is < -1 or 0)
        {
            return new(ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.");
        }

        int count = topic.NumPartitions == -1 ? context.Node.NumPartitions : topic.NumPartitions;
        int replicationFactor = topic.ReplicationFactor == -1 ? context.Node.DefaultReplicationFactor : topic.ReplicationFactor;
        if (count > Limits.RecordsPerOperation)
        {
            return new(ErrorCode.PolicyViolation, "Excessively large number of partitions per request.");
        }

        string prefix = string.Create(CultureInfo.InvariantCulture, $"Unable to replicate the partition {replicationFactor} time(s): ");
        List<int[]> placements;
        try
        {
            placements = new StripedReplicaPlacer(StripedReplicaPlacer.UsableBrokers(image), context).Place(count, replicationFactor);
        }
        catch (PlacementException e)
        {
            return new(ErrorCode.InvalidReplicationFactor, prefix + e.Message);
        }

        var view = new TopicView(image, context.Node);
        foreach (int[] replicas in placements)
        {
            PartitionRegistration? partition = Assignments.NewPartition(view, replicas);
            if (partition is null)
            {
                return new(ErrorCode.InvalidReplicationFactor, prefix + "All brokers are currently fenced or in controlled shutdown.");
            }

            partitions.Add(partition);
        }

        return ApiError.None;
    }
}
