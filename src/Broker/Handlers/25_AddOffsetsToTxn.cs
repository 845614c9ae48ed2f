using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// AddOffsetsToTxn v0 to v4: a producer adds the offsets of a group to its transaction, which is the group's partition of <c>__consumer_offsets</c>. v2 knows PRODUCER_FENCED, v4
/// TRANSACTION_ABORTABLE.
/// </summary>
public sealed class AddOffsetsToTxnHandler(MetadataLoader loader, Func<NodeConfiguration> configuration, TransactionCoordinator coordinator)
    : RequestHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(ApiKey.AddOffsetsToTxn)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId),
        new AuthorizationRule(AclOperation.Read, ResourceType.Group));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<AddOffsetsToTxnResponse?> HandleAsync(RequestContext context, AddOffsetsToTxnRequest request)
    {
        if (!context.May(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
        {
            return ErrorResponse(request, ErrorCode.TransactionalIdAuthorizationFailed, null);
        }

        if (!context.May(AclOperation.Read, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        // As in Kafka the topic need not be there yet: whoever then commits offsets makes it, with so many partitions.
        var count = loader.Image.Topics.Find(TopicNames.ConsumerOffsets)?.PartitionCount ?? configuration().Int("offsets.topic.num.partitions");
        var partition = new TopicPartition(TopicNames.ConsumerOffsets, CoordinatorPartition.OfId(request.GroupId, count));
        var error = await coordinator.AddPartitionsAsync(request.TransactionalId, request.ProducerId, request.ProducerEpoch, [partition], clientTransactionVersion: 0);
        return ErrorResponse(request, error == ErrorCode.ProducerFenced && context.ApiVersion < 2 ? ErrorCode.InvalidProducerEpoch : error, null);
    }

    protected override AddOffsetsToTxnResponse ErrorResponse(AddOffsetsToTxnRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(AddOffsetsToTxnResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
