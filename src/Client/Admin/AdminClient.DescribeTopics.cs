using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Describing topics: by DescribeTopicPartitions where it is served, a page at a time (KIP-966), else by Metadata.</summary>
public sealed partial class AdminClient
{
    /// <summary>Describes topics by name.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult<TopicDescription>>> DescribeTopicsAsync(
        IEnumerable<string> topics, DescribeTopicsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DescribeTopicsOptions();
        return RunAsync<string, TopicDescription>(
            "describing topic",
            topics,
            async (batch, asked, cancellation) =>
            {
                BrokerConnection broker = await _cluster.AnyAsync(cancellation).ConfigureAwait(false);
                if (broker.Versions.Supports(ApiKey.DescribeTopicPartitions))
                {
                    await DescribeInPagesAsync(broker, batch, asked, options, cancellation).ConfigureAwait(false);
                    return;
                }

                MetadataResponse response = await AskAsync<MetadataResponse>(
                    broker, Metadata([.. asked.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name })], options), cancellation).ConfigureAwait(false);
                foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
                {
                    Settle(batch, topic.Name?.Value ?? "", topic.ErrorCode, null, false, () => TopicMessages.Read(topic));
                }
            },
            cancellationToken);
    }

    /// <summary>Describes topics by id (brokers from 3.1).</summary>
    public Task<IReadOnlyDictionary<Uuid, AdminResult<TopicDescription>>> DescribeTopicsAsync(
        IEnumerable<Uuid> topicIds, DescribeTopicsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DescribeTopicsOptions();
        return RunAsync<Uuid, TopicDescription>(
            "describing topic",
            topicIds,
            async (batch, asked, cancellation) =>
            {
                MetadataRequest request = Metadata([.. asked.Select(id => new MetadataRequest.MetadataRequestTopic { TopicId = id, Name = null })], options);
                MetadataResponse response = await AskAnyAsync<MetadataResponse>(request, cancellation).ConfigureAwait(false);
                foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
                {
                    Settle(batch, topic.TopicId, topic.ErrorCode, null, false, () => TopicMessages.Read(topic));
                }
            },
            cancellationToken);
    }

    /// <summary>Describes one topic.</summary>
    /// <exception cref="KafkaException">UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED.</exception>
    public async Task<TopicDescription> DescribeTopicAsync(string topic, CancellationToken cancellationToken = default) =>
        (await DescribeTopicsAsync([topic], null, cancellationToken).ConfigureAwait(false))[topic].Value;

    private static MetadataRequest Metadata(List<MetadataRequest.MetadataRequestTopic> topics, DescribeTopicsOptions options) =>
        new() { Topics = topics, AllowAutoTopicCreation = false, IncludeTopicAuthorizedOperations = options.IncludeAuthorizedOperations };

    private async Task DescribeInPagesAsync(
        BrokerConnection broker, AdminBatch<string, TopicDescription> batch, string[] asked, DescribeTopicsOptions options, CancellationToken cancellationToken)
    {
        var left = new SortedSet<string>(asked, StringComparer.Ordinal);
        DescribeTopicPartitionsRequest.CursorData? cursor = null;
        TopicDescription? begun = null;
        while (left.Count > 0)
        {
            DescribeTopicPartitionsResponse page = await AskAsync<DescribeTopicPartitionsResponse>(
                broker,
                new DescribeTopicPartitionsRequest
                {
                    Topics = [.. left.Select(name => new DescribeTopicPartitionsRequest.TopicRequest { Name = name })],
                    ResponsePartitionLimit = options.PartitionSizeLimitPerResponse,
                    Cursor = cursor,
                },
                cancellationToken).ConfigureAwait(false);
            foreach (DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic topic in page.Topics)
            {
                string name = topic.Name?.Value ?? "";
                bool isFurther = begun?.Name == name;
                bool continues = page.NextCursor?.TopicName.Value == name;
                if (topic.ErrorCode != ErrorCode.None)
                {
                    batch.Fail(name, topic.ErrorCode);
                }
                else
                {
                    begun = TopicMessages.Read(topic, isFurther ? begun : null, options.IncludeAuthorizedOperations);
                    if (!continues)
                    {
                        batch.Succeed(name, begun);
                    }
                }

                if (!continues)
                {
                    left.Remove(name);
                }
            }

            if (page.NextCursor is not { } next)
            {
                return;
            }

            // What lies before the cursor was answered, or is left out by the broker for good.
            left.RemoveWhere(name => string.CompareOrdinal(name, next.TopicName.Value) < 0);
            cursor = new DescribeTopicPartitionsRequest.CursorData { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex };
        }
    }
}
