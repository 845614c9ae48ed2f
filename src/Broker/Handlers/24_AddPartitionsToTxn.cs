using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// AddPartitionsToTxn v0 to v5. Up to v3 a producer adds partitions to its transaction; v2 knows PRODUCER_FENCED. From v4 on brokers ask for several transactions at once, to verify or to add
/// (KIP-890); v5 knows TRANSACTION_ABORTABLE.
/// </summary>
public sealed class AddPartitionsToTxnHandler(MetadataLoader loader, TransactionCoordinator coordinator)
    : RequestHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(ApiKey.AddPartitionsToTxn)
{
    private const short BatchedVersion = 4;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId, "before v4"),
        new AuthorizationRule(AclOperation.Write, ResourceType.Topic, "before v4; internal topics never"),
        new AuthorizationRule(AclOperation.ClusterAction, ResourceType.Cluster, "from v4 on"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<AddPartitionsToTxnResponse?> HandleAsync(RequestContext context, AddPartitionsToTxnRequest request)
    {
        if (context.ApiVersion < BatchedVersion)
        {
            return new() { ResultsByTopicV3AndBelow = Topics(await AddAsync(context, request)) };
        }

        if (!context.MayOnCluster(AclOperation.ClusterAction, out var denied))
        {
            return ErrorResponse(context, request, denied, null);
        }

        var answers = await Task.WhenAll(request.Transactions.ConvertAll(transaction => ServeAsync(transaction).AsTask()));
        return new() { ResultsByTransaction = [.. answers] };
    }

    protected override AddPartitionsToTxnResponse ErrorResponse(AddPartitionsToTxnRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override AddPartitionsToTxnResponse ErrorResponse(RequestContext context, AddPartitionsToTxnRequest request, ErrorCode error, string? message) =>
        context.ApiVersion < BatchedVersion
            ? new() { ResultsByTopicV3AndBelow = Topics(TransactionCoordinator.All(Partitions(request.V3AndBelowTopics), error)) }
            : ErrorResponse(request, error, message);

    protected override void SetThrottleTime(AddPartitionsToTxnResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private async ValueTask<IReadOnlyDictionary<TopicPartition, ErrorCode>> AddAsync(RequestContext context, AddPartitionsToTxnRequest request)
    {
        var partitions = Partitions(request.V3AndBelowTopics);
        if (!context.May(AclOperation.Write, ResourceType.TransactionalId, request.V3AndBelowTransactionalId))
        {
            return TransactionCoordinator.All(partitions, ErrorCode.TransactionalIdAuthorizationFailed);
        }

        if (Refused(partitions, topic => !TopicNames.IsInternal(topic) && context.May(AclOperation.Write, ResourceType.Topic, topic)) is { } refused)
        {
            return refused;
        }

        var error = await coordinator.AddPartitionsAsync(
            request.V3AndBelowTransactionalId, request.V3AndBelowProducerId, request.V3AndBelowProducerEpoch, partitions, clientTransactionVersion: 0);
        return TransactionCoordinator.All(partitions, error == ErrorCode.ProducerFenced && context.ApiVersion < 2 ? ErrorCode.InvalidProducerEpoch : error);
    }

    private async ValueTask<AddPartitionsToTxnResponse.AddPartitionsToTxnResult> ServeAsync(AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction transaction)
    {
        var partitions = Partitions(transaction.Topics);
        var answers = Refused(partitions, _ => true)
            ?? (transaction.VerifyOnly
                ? await coordinator.VerifyAsync(transaction.TransactionalId, transaction.ProducerId, transaction.ProducerEpoch, partitions)
                : TransactionCoordinator.All(
                    partitions,
                    await coordinator.AddPartitionsAsync(
                        transaction.TransactionalId, transaction.ProducerId, transaction.ProducerEpoch, partitions, clientTransactionVersion: 2)));
        return new() { TransactionalId = transaction.TransactionalId, TopicResults = Topics(answers) };
    }

    /// <summary>The answer when a partition must not be added or is not there: then none is. Null when all may be.</summary>
    private Dictionary<TopicPartition, ErrorCode>? Refused(List<TopicPartition> partitions, Func<string, bool> isAllowed)
    {
        var image = loader.Image;
        var answers = new Dictionary<TopicPartition, ErrorCode>(partitions.Count);
        foreach (var partition in partitions)
        {
            answers[partition] = !isAllowed(partition.Topic) ? ErrorCode.TopicAuthorizationFailed
                : image.Topics.FindPartition(partition.Topic, partition.Partition) is null ? ErrorCode.UnknownTopicOrPartition
                : ErrorCode.OperationNotAttempted;
        }

        return answers.Values.All(error => error == ErrorCode.OperationNotAttempted) ? null : answers;
    }

    private static List<TopicPartition> Partitions(List<AddPartitionsToTxnRequest.AddPartitionsToTxnTopic> topics)
    {
        var partitions = new List<TopicPartition>();
        foreach (var topic in topics)
        {
            foreach (var index in topic.Partitions)
            {
                partitions.Add(new TopicPartition(topic.Name, index));
            }
        }

        return partitions;
    }

    private static List<AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult> Topics(IReadOnlyDictionary<TopicPartition, ErrorCode> answers)
    {
        var topics = new Dictionary<TopicName, AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult>();
        foreach (var (partition, error) in answers)
        {
            if (!topics.TryGetValue(partition.Topic, out var topic))
            {
                topic = new() { Name = partition.Topic };
                topics.Add(partition.Topic, topic);
            }

            topic.ResultsByPartition.Add(new() { PartitionIndex = partition.Partition, PartitionErrorCode = error });
        }

        return [.. topics.Values];
    }
}
