using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Topics and their partitions.</summary>
public sealed partial class AdminClient
{
    /// <summary>From this version on DeleteTopics has ids beside names.</summary>
    private const short DeleteByIdVersion = 6;

    /// <summary>Makes topics. They are there when the call returns; each broker hears of them a little later.</summary>
    /// <param name="topics">What to make.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By name. TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_REPLICATION_FACTOR, POLICY_VIOLATION and so on are results.</returns>
    public Task<IReadOnlyDictionary<string, AdminResult<CreatedTopic>>> CreateTopicsAsync(
        IEnumerable<NewTopic> topics, CreateTopicsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CreateTopicsOptions();
        var wanted = topics.ToDictionary(topic => topic.Name, StringComparer.Ordinal);
        return RunAsync<string, CreatedTopic>(
            "creating topic",
            wanted.Keys,
            async (batch, asked, cancellation) =>
            {
                CreateTopicsResponse response = await AskControllerAsync<CreateTopicsResponse>(
                    new CreateTopicsRequest { Topics = [.. asked.Select(name => TopicMessages.Write(wanted[name]))], TimeoutMs = TimeoutMs, ValidateOnly = options.ValidateOnly },
                    cancellation).ConfigureAwait(false);
                foreach (CreateTopicsResponse.CreatableTopicResult created in response.Topics)
                {
                    Settle(batch, created.Name, created.ErrorCode, created.ErrorMessage, options.RetryOnQuotaViolation, () => TopicMessages.Read(created));
                }
            },
            cancellationToken);
    }

    /// <summary>Makes one topic.</summary>
    /// <exception cref="KafkaException">It was not made: TOPIC_ALREADY_EXISTS and so on.</exception>
    public async Task<CreatedTopic> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken = default) =>
        (await CreateTopicsAsync([topic], null, cancellationToken).ConfigureAwait(false))[topic.Name].Value;

    /// <summary>Deletes topics by name.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteTopicsAsync(IEnumerable<string> topics, CancellationToken cancellationToken = default) =>
        RunAsync<string>(
            "deleting topic",
            topics,
            async (batch, asked, cancellation) =>
            {
                DeleteTopicsResponse response = await DeleteAsync([.. asked.Select(name => new DeleteTopicsRequest.DeleteTopicState { Name = name })], asked, cancellation).ConfigureAwait(false);
                foreach (DeleteTopicsResponse.DeletableTopicResult deleted in response.Responses)
                {
                    Settle(batch, deleted.Name?.Value ?? "", deleted.ErrorCode, deleted.ErrorMessage, true, () => true);
                }
            },
            cancellationToken);

    /// <summary>Deletes topics by id, so that one of the same name that was made since is safe (KIP-516; brokers from 2.8).</summary>
    public Task<IReadOnlyDictionary<Uuid, AdminResult>> DeleteTopicsAsync(IEnumerable<Uuid> topicIds, CancellationToken cancellationToken = default) =>
        RunAsync<Uuid>(
            "deleting topic",
            topicIds,
            async (batch, asked, cancellation) =>
            {
                DeleteTopicsResponse response = await DeleteAsync([.. asked.Select(id => new DeleteTopicsRequest.DeleteTopicState { TopicId = id })], [], cancellation).ConfigureAwait(false);
                foreach (DeleteTopicsResponse.DeletableTopicResult deleted in response.Responses)
                {
                    Settle(batch, deleted.TopicId, deleted.ErrorCode, deleted.ErrorMessage, true, () => true);
                }
            },
            cancellationToken);

    /// <summary>Deletes one topic.</summary>
    /// <exception cref="KafkaException">It was not deleted: UNKNOWN_TOPIC_OR_PARTITION and so on.</exception>
    public async Task DeleteTopicAsync(string topic, CancellationToken cancellationToken = default) =>
        (await DeleteTopicsAsync([topic], cancellationToken).ConfigureAwait(false))[topic].ThrowIfFailed();

    /// <summary>All topics that this client may see, by name.</summary>
    public Task<IReadOnlyList<TopicListing>> ListTopicsAsync(ListTopicsOptions? options = null, CancellationToken cancellationToken = default) =>
        OnceAsync<IReadOnlyList<TopicListing>>(
            "listing topics",
            async cancellation =>
            {
                MetadataResponse response = await AskAnyAsync<MetadataResponse>(new MetadataRequest { Topics = null, AllowAutoTopicCreation = false }, cancellation).ConfigureAwait(false);
                return
                [
                    .. response.Topics
                        .Where(topic => topic.Name is not null && (!topic.IsInternal || options?.ListInternal == true))
                        .Select(topic => new TopicListing(topic.Name!.Value, topic.TopicId, topic.IsInternal))
                        .OrderBy(topic => topic.Name, StringComparer.Ordinal),
                ];
            },
            cancellationToken);

    /// <summary>Gives topics more partitions. Keys go to other partitions from then on.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult>> CreatePartitionsAsync(
        IEnumerable<NewPartitions> partitions, CreatePartitionsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CreatePartitionsOptions();
        var wanted = partitions.ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        return RunAsync<string>(
            "adding partitions to",
            wanted.Keys,
            async (batch, asked, cancellation) =>
            {
                CreatePartitionsResponse response = await AskControllerAsync<CreatePartitionsResponse>(
                    new CreatePartitionsRequest { Topics = [.. asked.Select(name => TopicMessages.Write(wanted[name]))], TimeoutMs = TimeoutMs, ValidateOnly = options.ValidateOnly },
                    cancellation).ConfigureAwait(false);
                foreach (CreatePartitionsResponse.CreatePartitionsTopicResult added in response.Results)
                {
                    Settle(batch, added.Name, added.ErrorCode, added.ErrorMessage, options.RetryOnQuotaViolation, () => true);
                }
            },
            cancellationToken);
    }

    /// <summary>Gives one topic more partitions.</summary>
    /// <exception cref="KafkaException">It has as many as before: INVALID_PARTITIONS and so on.</exception>
    public async Task CreatePartitionsAsync(string topic, int totalCount, CancellationToken cancellationToken = default) =>
        (await CreatePartitionsAsync([new NewPartitions(topic, totalCount)], null, cancellationToken).ConfigureAwait(false))[topic].ThrowIfFailed();

    private async Task<DeleteTopicsResponse> DeleteAsync(List<DeleteTopicsRequest.DeleteTopicState> topics, string[] names, CancellationToken cancellationToken)
    {
        BrokerConnection controller = await _cluster.ControllerAsync(cancellationToken).ConfigureAwait(false);
        bool hasIds = controller.Versions.Version(ApiKey.DeleteTopics) >= DeleteByIdVersion;
        var request = new DeleteTopicsRequest { TimeoutMs = TimeoutMs };
        if (hasIds || names.Length == 0)
        {
            request.Topics = topics;
        }
        else
        {
            request.TopicNames = [.. names.Select(name => new TopicName(name))];
        }

        return await AskAsync<DeleteTopicsResponse>(controller, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes over the controller's answer for one item.</summary>
    private void Settle<TKey, TValue>(AdminBatch<TKey, TValue> batch, TKey key, ErrorCode error, string? message, bool retriesOnQuota, Func<TValue> value)
        where TKey : notnull
    {
        if (error == ErrorCode.None)
        {
            batch.Succeed(key, value());
        }
        else if (error == ErrorCode.NotController)
        {
            _cluster.RequestRefresh();
            batch.Retry(key, error, message);
        }
        else if (error == ErrorCode.ThrottlingQuotaExceeded && retriesOnQuota)
        {
            batch.Retry(key, error, message);
        }
        else
        {
            batch.Fail(key, error, message);
        }
    }
}
