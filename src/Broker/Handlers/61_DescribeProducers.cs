using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeProducers v0 (KIP-664): the idempotent and transactional producers that a partition remembers, to find transactions that hang.</summary>
public sealed class DescribeProducersHandler(MetadataLoader loader, ReplicaManager replicas)
    : RequestHandler<DescribeProducersRequest, DescribeProducersResponse>(ApiKey.DescribeProducers)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Read, ResourceType.Topic);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<DescribeProducersResponse?> HandleAsync(RequestContext context, DescribeProducersRequest request)
    {
        var image = loader.Image;
        var response = new DescribeProducersResponse { Topics = new(request.Topics.Count) };
        foreach (var topic in request.Topics)
        {
            var (error, message) = TopicNames.Validate(topic.Name) is { } illegal ? (ErrorCode.InvalidTopicException, illegal)
                : !context.May(AclOperation.Read, ResourceType.Topic, topic.Name) ? (ErrorCode.TopicAuthorizationFailed, ErrorCode.TopicAuthorizationFailed.Message())
                : image.Topics.Find(topic.Name) is null ? (ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition.Message())
                : (ErrorCode.None, default(string));
            response.Topics.Add(new()
            {
                Name = topic.Name,
                Partitions = topic.PartitionIndexes.ConvertAll(index => error != ErrorCode.None ? Failed(index, error, message) : Describe(topic.Name, index)),
            });
        }

        return new(response);
    }

    protected override DescribeProducersResponse ErrorResponse(DescribeProducersRequest request, ErrorCode error, string? message) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new DescribeProducersResponse.TopicResponse
        {
            Name = topic.Name,
            Partitions = topic.PartitionIndexes.ConvertAll(index => Failed(index, error, message)),
        }),
    };

    protected override void SetThrottleTime(DescribeProducersResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static DescribeProducersResponse.PartitionResponse Failed(int partition, ErrorCode error, string? message) =>
        new() { PartitionIndex = partition, ErrorCode = error, ErrorMessage = message };

    /// <summary>Any replica answers, as in Kafka: followers know the producers too.</summary>
    private DescribeProducersResponse.PartitionResponse Describe(string topic, int index)
    {
        var partition = replicas.Find(topic, index, out var error);
        if (partition is null)
        {
            return Failed(index, error, null);
        }

        var producers = partition.Log.ActiveProducers();
        var answer = new DescribeProducersResponse.PartitionResponse { PartitionIndex = index, ErrorMessage = null, ActiveProducers = new(producers.Count) };
        foreach (var producer in producers)
        {
            answer.ActiveProducers.Add(new()
            {
                ProducerId = producer.ProducerId,
                ProducerEpoch = producer.ProducerEpoch,
                LastSequence = producer.LastSequence,
                LastTimestamp = producer.LastTimestamp,
                CoordinatorEpoch = producer.CoordinatorEpoch,
                CurrentTxnStartOffset = producer.CurrentTransactionStartOffset,
            });
        }

        return answer;
    }
}
