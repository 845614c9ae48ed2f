using Moldau.Coordination;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// TxnOffsetCommit v0 to v6: offsets that count when a transaction is committed (KIP-98). v2 adds leader epochs, v3 the member (KIP-447), v4 knows TRANSACTION_ABORTABLE, v5 adds the group's
/// partition to the transaction by itself (KIP-890), v6 has topic ids.
/// </summary>
public sealed class TxnOffsetCommitHandler(MetadataLoader loader, GroupCoordinator groups) : RequestHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(ApiKey.TxnOffsetCommit)
{
    private const short LoadErrorVersion = 2;
    private const short TopicIdVersion = 6;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId),
        new AuthorizationRule(AclOperation.Read, ResourceType.Group),
        new AuthorizationRule(AclOperation.Read, ResourceType.Topic));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<TxnOffsetCommitResponse?> HandleAsync(RequestContext context, TxnOffsetCommitRequest request)
    {
        if (!context.May(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId.Value))
        {
            return ErrorResponse(request, ErrorCode.TransactionalIdAuthorizationFailed, null);
        }

        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        var image = loader.Image;
        var refused = new List<TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic>();
        request.Topics.RemoveAll(topic => !Judge(context, image, topic, refused));
        if (request.Topics.Count == 0)
        {
            return new TxnOffsetCommitResponse { Topics = refused };
        }

        var response = await groups.CommitTransactionalOffsetsAsync(GroupRequests.SenderOf(context), request);
        Merge(response, refused);
        if (context.ApiVersion < LoadErrorVersion)
        {
            HideLoad(response);
        }

        return response;
    }

    protected override TxnOffsetCommitResponse ErrorResponse(TxnOffsetCommitRequest request, ErrorCode error, string? message) =>
        new() { Topics = request.Topics.ConvertAll(topic => Refused(topic, topic.Partitions, error)) };

    protected override void SetThrottleTime(TxnOffsetCommitResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic Refused(
        TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic, List<TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition> partitions, ErrorCode error) => new()
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions = partitions.ConvertAll(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex, ErrorCode = error }),
        };

    /// <summary>Whether any partition of the topic is for the coordinator; the others are answered.</summary>
    private static bool Judge(
        RequestContext context,
        MetadataImage image,
        TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic topic,
        List<TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic> refused)
    {
        var error = GroupRequests.Judge(context, image, context.ApiVersion >= TopicIdVersion, topic.TopicId, topic.Name, out var known);
        if (error != ErrorCode.None)
        {
            refused.Add(Refused(topic, topic.Partitions, error));
            return false;
        }

        var unknown = topic.Partitions.FindAll(partition => known!.Partition(partition.PartitionIndex) is null);
        if (unknown.Count > 0)
        {
            refused.Add(Refused(topic, unknown, ErrorCode.UnknownTopicOrPartition));
            topic.Partitions.RemoveAll(unknown.Contains);
        }

        topic.Name = known!.Name;
        topic.TopicId = known.Id;
        return topic.Partitions.Count > 0;
    }

    private static void Merge(TxnOffsetCommitResponse response, List<TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic> refused)
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

    /// <summary>Producers before Kafka 2.0 stop at the error that says that a coordinator loads (KAFKA-7296).</summary>
    private static void HideLoad(TxnOffsetCommitResponse response)
    {
        foreach (var partition in response.Topics.SelectMany(topic => topic.Partitions))
        {
            if (partition.ErrorCode == ErrorCode.CoordinatorLoadInProgress)
            {
                partition.ErrorCode = ErrorCode.CoordinatorNotAvailable;
            }
        }
    }
}
