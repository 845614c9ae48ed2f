using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Controller;

public static partial class TopicManager
{
    /// <summary>Gives topics more partitions. Each topic succeeds or fails alone; those that succeed are one atomic change.</summary>
    public static ControllerResult<CreatePartitionsResponse> CreatePartitions(MetadataImage image, CreatePartitionsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new CreatePartitionsResponse();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (CreatePartitionsRequest.CreatePartitionsTopic topic in request.Topics)
        {
            counts[topic.Name] = counts.GetValueOrDefault(topic.Name) + 1;
        }

        foreach (CreatePartitionsRequest.CreatePartitionsTopic topic in request.Topics)
        {
            int times = counts[topic.Name];
            if (times == 0)
            {
                continue;
            }

            ApiError error;
            if (times > 1)
            {
                counts[topic.Name] = 0;
                error = new(ErrorCode.InvalidRequest, "Duplicate topic name.");
            }
            else
            {
                error = AddPartitions(image, topic, context, records);
            }

            response.Results.Add(new() { Name = topic.Name, ErrorCode = error.Code, ErrorMessage = error.Text });
        }

        return ControllerResult<CreatePartitionsResponse>.Atomic(request.ValidateOnly ? [] : records, response);
    }

    private static ApiError AddPartitions(
        MetadataImage image, CreatePartitionsRequest.CreatePartitionsTopic request, ControlContext context, List<MetadataRecord> records)
    {
        TopicImage? topic = image.Topics.Find((string)request.Name);
        if (topic is null)
        {
            return new(ErrorCode.UnknownTopicOrPartition);
        }

        int present = topic.PartitionCount;
        if (request.Count == present)
        {
            return new(ErrorCode.InvalidPartitions, $"Topic already has {present} partition(s).");
        }

        if (request.Count < present)
        {
            return new(ErrorCode.InvalidPartitions, $"The topic {topic.Name} currently has {present} partition(s); {request.Count} would not be an increase.");
        }

        int additional = request.Count - present;
        if (request.Assignments is { } given && given.Count != additional)
        {
            return new(
                ErrorCode.InvalidReplicaAssignment,
                $"Attempted to add {additional} additional partition(s), but only {given.Count} assignment(s) were specified.");
        }

        if (records.Count + additional > Limits.RecordsPerOperation)
        {
            return new(ErrorCode.PolicyViolation, "Excessively large number of additional partitions per request.");
        }

        PartitionRegistration? first = topic.Partition(0);
        Invariant.That(first is not null);
        ApiError error = Replicas(image, request, first.Replicas.Length, additional, context, out List<int[]> placements);
        if (error.IsError)
        {
            return error;
        }

        var view = new TopicView(image, context.Node);
        var added = new List<MetadataRecord>(additional);
        for (int i = 0; i < placements.Count; i++)
        {
            int index = present + i;
            PartitionRegistration? partition = Assignments.NewPartition(view, placements[i]);
            if (partition is null)
            {
                return request.Assignments is null
                    ? new(
                        ErrorCode.InvalidReplicationFactor,
                        $"Unable to replicate the partition {first.Replicas.Length} time(s): All brokers are currently fenced or in controlled shutdown.")
                    : new(
                        ErrorCode.InvalidReplicaAssignment,
                        $"All brokers specified in the manual partition assignment for partition {index} are fenced or in controlled shutdown.");
            }

            added.Add(partition.ToRecord(topic.Id, index, image.MetadataVersion));
        }

        records.AddRange(added);
        return ApiError.None;
    }

    private static ApiError Replicas(
        MetadataImage image,
        CreatePartitionsRequest.CreatePartitionsTopic request,
        int replicationFactor,
        int additional,
        ControlContext context,
        out List<int[]> placements)
    {
        placements = [];
        if (request.Assignments is null)
        {
            try
            {
                placements = new StripedReplicaPlacer(StripedReplicaPlacer.UsableBrokers(image), context).Place(additional, replicationFactor);
                return ApiError.None;
            }
            catch (PlacementException e)
            {
                return new(ErrorCode.InvalidReplicationFactor, e.Message);
            }
        }

        foreach (CreatePartitionsRequest.CreatePartitionsAssignment assignment in request.Assignments)
        {
            int[] replicas = BrokerIds.ToArray(assignment.BrokerIds);
            ApiError error = Assignments.Check(image, replicas, replicationFactor);
            if (error.IsError)
            {
                return error;
            }

            placements.Add(replicas);
        }

        return ApiError.None;
    }
}
