using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// OffsetCommit v2 to v10: v5 has no retention time any more, v6 adds leader epochs (KIP-320), v7 static members (KIP-345), v9 member epochs and their errors (KIP-848), v10 topic ids (KIP-848).
/// What cannot be committed is answered partition by partition; the rest goes to the group's coordinator.
/// </summary>
public sealed class OffsetCommitHandler(MetadataLoader loader, GroupCoordinator groups) : RequestHandler<OffsetCommitRequest, OffsetCommitResponse>(ApiKey.OffsetCommit)
{
    private const short TopicIdVersion = 10;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Read, ResourceType.Group),
        new AuthorizationRule(AclOperation.Read, ResourceType.Topic));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<OffsetCommitResponse?> HandleAsync(RequestContext context, OffsetCommitRequest request)
    {
        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        var image = loader.Image;
        var refused = new List<OffsetCommitResponse.OffsetCommitResponseTopic>();
        var accepted = new List<OffsetCommitRequest.OffsetCommitRequestTopic>(request.Topics.Count);
        foreach (var topic in request.Topics)
        {
            Judge(context, image, topic, accepted, refused);
        }

        if (accepted.Count == 0)
        {
            return new OffsetCommitResponse { Topics = refused };
        }

        request.Topics = accepted;
        var response = await groups.CommitOffsetsAsync(GroupRequests.SenderOf(context), request);
        Merge(response, refused);
        return response;
    }

    protected override OffsetCommitResponse ErrorResponse(OffsetCommitRequest request, ErrorCode error, string? message) =>
        new() { Topics = request.Topics.ConvertAll(topic => Refused(topic, topic.Partitions, error)) };

    protected override void SetThrottleTime(OffsetCommitResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static OffsetCommitResponse.OffsetCommitResponseTopic Refused(
        OffsetCommitRequest.OffsetCommitRequestTopic topic, List<OffsetCommitRequest.OffsetCommitRequestPartition> partitions, ErrorCode error) => new()
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions = partitions.ConvertAll(partition => new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex, ErrorCode = error }),
        };

    /// <summary>A topic is in the answer once, whatever became of its partitions.</summary>
    private static void Merge(OffsetCommitResponse response, List<OffsetCommitResponse.OffsetCommitResponseTopic> refused)
    {
        foreach (var topic in refused)
        {
            if (response.Topics.Find(answered => answered.Name == topic.Name && answered.TopicId == topic.TopicId) is { } same)
            {
                same.Partitions.AddRange(topic.Partitions);
            }
            else
            {
                response.Topics.Add(topic);
            }
        }
    }

    private static void Judge(
        RequestContext context,
        MetadataImage image,
        OffsetCommitRequest.OffsetCommitRequestTopic topic,
        List<OffsetCommitRequest.OffsetCommitRequestTopic> accepted,
        List<OffsetCommitResponse.OffsetCommitResponseTopic> refused)
    {
        var error = GroupRequests.Judge(context, image, context.ApiVersion >= TopicIdVersion, topic.TopicId, topic.Name, out var known);
        if (error != ErrorCode.None)
        {
            refused.Add(Refused(topic, topic.Partitions, error));
            return;
        }

        var unknown = topic.Partitions.FindAll(partition => known!.Partition(partition.PartitionIndex) is null);
        if (unknown.Count > 0)
        {
            refused.Add(Refused(topic, unknown, ErrorCode.UnknownTopicOrPartition));
            topic.Partitions.RemoveAll(partition => known!.Partition(partition.PartitionIndex) is null);
        }

        if (topic.Partitions.Count > 0)
        {
            topic.Name = known!.Name;
            topic.TopicId = known.Id;
            accepted.Add(topic);
        }
    }
}
