using System.Globalization;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// FindCoordinator v0 to v6: which broker coordinates a group, a transactional id (v1) or a share partition (v6, KIP-932). v4 asks for several at once (KIP-699), v5 knows TRANSACTION_ABORTABLE.
/// The topic that holds their state is made when it is first asked for.
/// </summary>
public sealed class FindCoordinatorHandler(MetadataLoader loader, ITopicCreator creator) : RequestHandler<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator)
{
    private const short BatchedVersion = 4;
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;
    private const sbyte Share = 2;
    private const short ShareVersion = 6;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Describe, ResourceType.Group, "of a group"),
        new AuthorizationRule(AclOperation.Describe, ResourceType.TransactionalId, "of a transactional id"),
        new AuthorizationRule(AclOperation.ClusterAction, ResourceType.Cluster, "of a share partition"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<FindCoordinatorResponse?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        if (context.ApiVersion < BatchedVersion)
        {
            return Single(await FindAsync(context, request.KeyType, request.Key));
        }

        var response = new FindCoordinatorResponse { Coordinators = new(request.CoordinatorKeys.Count) };
        foreach (var key in request.CoordinatorKeys)
        {
            response.Coordinators.Add(await FindAsync(context, request.KeyType, key));
        }

        return response;
    }

    protected override FindCoordinatorResponse ErrorResponse(FindCoordinatorRequest request, ErrorCode error, string? message) =>
        new() { Coordinators = request.CoordinatorKeys.ConvertAll(key => Failed(key, error)) };

    protected override FindCoordinatorResponse ErrorResponse(RequestContext context, FindCoordinatorRequest request, ErrorCode error, string? message) =>
        context.ApiVersion < BatchedVersion ? Single(Failed(request.Key, error)) : ErrorResponse(request, error, message);

    protected override void SetThrottleTime(FindCoordinatorResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static FindCoordinatorResponse.Coordinator Failed(string key, ErrorCode error) => new() { Key = key, ErrorCode = error, NodeId = -1, Host = "", Port = -1 };

    /// <summary>The form of one, which as in Kafka says NONE in words, too.</summary>
    private static FindCoordinatorResponse Single(FindCoordinatorResponse.Coordinator coordinator) => new()
    {
        ErrorCode = coordinator.ErrorCode,
        ErrorMessage = coordinator.ErrorCode == ErrorCode.None ? coordinator.ErrorCode.KafkaName() : coordinator.ErrorCode.Message(),
        NodeId = coordinator.NodeId,
        Host = coordinator.Host,
        Port = coordinator.Port,
    };

    /// <summary>
    /// Share partitions have no coordinator here: as in Kafka while their state topic is not there, brokers are told to come again. The key is GROUP:TOPIC-ID:PARTITION.
    /// </summary>
    private static ErrorCode FindShare(RequestContext context, string key)
    {
        if (context.ApiVersion < ShareVersion)
        {
            return ErrorCode.InvalidRequest;
        }

        if (!context.May(AclOperation.ClusterAction, ResourceType.Cluster, ResourceNames.Cluster))
        {
            return ErrorCode.ClusterAuthorizationFailed;
        }

        // A group may have colons in its name.
        var partition = key.LastIndexOf(':');
        var topic = partition <= 0 ? -1 : key.LastIndexOf(':', partition - 1);
        return topic > 0
            && !string.IsNullOrWhiteSpace(key[..topic])
            && Uuid.TryParse(key[(topic + 1)..partition], out _)
            && int.TryParse(key.AsSpan(partition + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? ErrorCode.CoordinatorNotAvailable
                : ErrorCode.InvalidRequest;
    }

    private async ValueTask<FindCoordinatorResponse.Coordinator> FindAsync(RequestContext context, sbyte keyType, string key)
    {
        var (topicName, denied) = keyType switch
        {
            Group => (TopicNames.ConsumerOffsets, context.May(AclOperation.Describe, ResourceType.Group, key) ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed),
            Transaction => (
                TopicNames.TransactionState,
                context.May(AclOperation.Describe, ResourceType.TransactionalId, key) ? ErrorCode.None : ErrorCode.TransactionalIdAuthorizationFailed),
            Share => ("", FindShare(context, key)),
            _ => ("", ErrorCode.InvalidRequest),
        };
        if (denied != ErrorCode.None)
        {
            return Failed(key, denied);
        }

        if (loader.Image.Topics.Find(topicName) is null)
        {
            await creator.CreateAsync(context, [topicName]);
        }

        var image = loader.Image;
        return image.Topics.Find(topicName) is { PartitionCount: > 0 } topic
            && topic.Partition(CoordinatorPartition.OfId(key, topic.PartitionCount).Value) is { Leader: >= 0 } partition
            && image.Cluster.Broker(partition.Leader) is { } broker
            && broker.Listener(context.Listener.Name) is { } endpoint
                ? new() { Key = key, NodeId = broker.Id, Host = endpoint.Host, Port = endpoint.Port }
                : Failed(key, ErrorCode.CoordinatorNotAvailable);
    }
}
