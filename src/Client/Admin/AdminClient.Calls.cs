using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>How operations run: in rounds over what is not done yet, spread over the brokers that each item belongs to.</summary>
public sealed partial class AdminClient
{
    /// <summary>For how long an unknown topic may be one that the broker has not heard of yet; after that it is taken to be a wrong name.</summary>
    private static readonly TimeSpan UnknownTopicPatience = TimeSpan.FromSeconds(5);

    private int TimeoutMs => (int)Math.Min(_options.RequestTimeout.TotalMilliseconds, int.MaxValue);

    /// <summary>Runs an operation on many items until each is done or has failed, or the time is over.</summary>
    private async Task<IReadOnlyDictionary<TKey, AdminResult<TValue>>> RunAsync<TKey, TValue>(
        string what, IEnumerable<TKey> keys, Func<AdminBatch<TKey, TValue>, TKey[], CancellationToken, Task> round, CancellationToken cancellationToken)
        where TKey : notnull
    {
        var batch = new AdminBatch<TKey, TValue>(what, keys);
        using var timeout = new CancellationTokenSource(_options.DefaultApiTimeout, _cluster.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, _cluster.Closing);
        try
        {
            for (int failures = 1; ; failures++)
            {
                TKey[] asked = batch.Begin();
                if (asked.Length == 0)
                {
                    return batch.Finish();
                }

                try
                {
                    await round(batch, asked, either.Token).ConfigureAwait(false);
                }
                catch (KafkaException failure)
                {
                    batch.Lose(asked, failure);
                }

                if (batch.End(asked))
                {
                    await Task.Delay(_backoff.After(failures), _cluster.Time, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(_cluster.Closing.IsCancellationRequested, this);
            batch.TimeOut(_options.DefaultApiTimeout, _cluster.RefreshFailure);
            return batch.Finish();
        }
    }

    /// <summary>As above, for what has no value.</summary>
    private async Task<IReadOnlyDictionary<TKey, AdminResult>> RunAsync<TKey>(
        string what, IEnumerable<TKey> keys, Func<AdminBatch<TKey, bool>, TKey[], CancellationToken, Task> round, CancellationToken cancellationToken)
        where TKey : notnull
    {
        IReadOnlyDictionary<TKey, AdminResult<bool>> results = await RunAsync<TKey, bool>(what, keys, round, cancellationToken).ConfigureAwait(false);
        return results.ToDictionary(result => result.Key, result => result.Value.IsSuccess ? AdminResult.Done : new AdminResult(result.Value.Error));
    }

    /// <summary>Asks several brokers at once; what fails for one of them concerns its items only.</summary>
    private static Task EachNodeAsync<TKey, TValue>(
        AdminBatch<TKey, TValue> batch, IEnumerable<IGrouping<int, TKey>> nodes, Func<int, TKey[], Task> ask)
        where TKey : notnull
    {
        return Task.WhenAll(nodes.Select(GuardedAsync));

        async Task GuardedAsync(IGrouping<int, TKey> node)
        {
            try
            {
                await ask(node.Key, [.. node]).ConfigureAwait(false);
            }
            catch (KafkaException failure)
            {
                batch.Lose(node, failure);
            }
        }
    }

    /// <summary>Asks the leader of each partition.</summary>
    private async Task EachLeaderAsync<TValue>(
        AdminBatch<TopicPartition, TValue> batch, TopicPartition[] asked, RoundClock clock, Func<int, TopicPartition[], Task> ask, CancellationToken cancellationToken)
    {
        Dictionary<TopicPartition, int> leaders = await LeadersAsync(batch, asked, clock, cancellationToken).ConfigureAwait(false);
        await EachNodeAsync(batch, leaders.GroupBy(found => found.Value, found => found.Key), ask).ConfigureAwait(false);
    }

    private async Task<Dictionary<TopicPartition, int>> LeadersAsync<TValue>(
        AdminBatch<TopicPartition, TValue> batch, TopicPartition[] asked, RoundClock clock, CancellationToken cancellationToken)
    {
        MetadataResponse response = await AskAnyAsync<MetadataResponse>(
            new MetadataRequest
            {
                Topics = [.. asked.Select(partition => partition.Topic).Distinct().Select(topic => new MetadataRequest.MetadataRequestTopic { Name = topic })],
                AllowAutoTopicCreation = false,
            },
            cancellationToken).ConfigureAwait(false);
        var topics = response.Topics.Where(topic => topic.Name is not null).ToDictionary(topic => topic.Name!.Value);
        var leaders = new Dictionary<TopicPartition, int>();
        foreach (TopicPartition partition in asked)
        {
            MetadataResponse.MetadataResponseTopic? topic = topics.GetValueOrDefault(partition.Topic);
            MetadataResponse.MetadataResponsePartition? found = topic?.Partitions.Find(candidate => candidate.PartitionIndex == partition.Partition);
            ErrorCode error = topic is null || topic.ErrorCode == ErrorCode.None
                ? found is null ? ErrorCode.UnknownTopicOrPartition : found.LeaderId < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.None
                : topic.ErrorCode;
            if (error == ErrorCode.None)
            {
                leaders[partition] = found!.LeaderId;
            }
            else if (error is ErrorCode.LeaderNotAvailable || (error == ErrorCode.UnknownTopicOrPartition && clock.Elapsed < UnknownTopicPatience))
            {
                batch.Retry(partition, error);
            }
            else
            {
                batch.Fail(partition, error);
            }
        }

        return leaders;
    }

    /// <summary>Asks the coordinator of each key; those that share one go in one request.</summary>
    private async Task EachCoordinatorAsync<TValue>(
        AdminBatch<string, TValue> batch, string[] asked, CoordinatorType type, Func<int, string[], Task> ask, CancellationToken cancellationToken)
    {
        (string Key, int Node)[] found = await Task.WhenAll(asked.Select(FindAsync)).ConfigureAwait(false);
        await EachNodeAsync(batch, found.Where(key => key.Node >= 0).GroupBy(key => key.Node, key => key.Key), LostAsync).ConfigureAwait(false);

        async Task<(string Key, int Node)> FindAsync(string key)
        {
            try
            {
                return (key, await _cluster.CoordinatorAsync(type, key, cancellationToken).ConfigureAwait(false));
            }
            catch (KafkaException failure)
            {
                batch.Lose([key], failure);
                return (key, -1);
            }
        }

        async Task LostAsync(int node, string[] keys)
        {
            try
            {
                await ask(node, keys).ConfigureAwait(false);
            }
            catch (DisconnectedException)
            {
                Array.ForEach(keys, key => _cluster.ForgetCoordinator(type, key));
                throw;
            }
        }
    }

    /// <summary>The error of one key as its coordinator tells it: whether it passes, by itself or with another coordinator.</summary>
    private bool IsCoordinatorMoving(CoordinatorType type, string key, ErrorCode error)
    {
        if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            _cluster.ForgetCoordinator(type, key);
            return true;
        }

        return error == ErrorCode.CoordinatorLoadInProgress;
    }

    /// <summary>Asks each broker that the caller named; one that the cluster does not have fails at once.</summary>
    private async Task EachBrokerAsync<TKey, TValue>(
        AdminBatch<TKey, TValue> batch, TKey[] asked, Func<TKey, int> brokerOf, Func<int, TKey[], Task> ask, CancellationToken cancellationToken)
        where TKey : notnull
    {
        ClusterView view = _cluster.View;
        if (asked.Any(key => !view.Brokers.ContainsKey(brokerOf(key))))
        {
            view = await _cluster.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        var known = new List<TKey>(asked.Length);
        foreach (TKey key in asked)
        {
            if (view.Brokers.ContainsKey(brokerOf(key)))
            {
                known.Add(key);
            }
            else
            {
                batch.Fail(key, ErrorCode.BrokerIdNotRegistered, Unknown(brokerOf(key), view));
            }
        }

        await EachNodeAsync(batch, known.GroupBy(brokerOf), ask).ConfigureAwait(false);
    }

    /// <summary>Asks any broker, once.</summary>
    private async Task<TResponse> AskAnyAsync<TResponse>(IRequest request, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        await AskAsync<TResponse>(await _cluster.AnyAsync(cancellationToken).ConfigureAwait(false), request, cancellationToken, highestVersion).ConfigureAwait(false);

    /// <summary>Asks who stands for the controller, once.</summary>
    private async Task<TResponse> AskControllerAsync<TResponse>(IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        await AskAsync<TResponse>(await _cluster.ControllerAsync(cancellationToken).ConfigureAwait(false), request, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks one node, once.</summary>
    private async Task<TResponse> AskNodeAsync<TResponse>(int node, IRequest request, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        await AskAsync<TResponse>(
            await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false), request, cancellationToken, highestVersion).ConfigureAwait(false);

    private async Task<TResponse> AskAsync<TResponse>(BrokerConnection connection, IRequest request, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        try
        {
            short version = connection.Versions.Version(request.ApiKey, 0, highestVersion);
            return await connection.CallAsync<TResponse>(request, version, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            _cluster.RequestRefresh();
            throw;
        }
    }

    /// <summary>An operation that has no items: one request, again while it fails with what passes.</summary>
    private Task<T> OnceAsync<T>(string what, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken) => _cluster.RetryAsync(what, attempt, cancellationToken);

    /// <summary>Throws the error that a response carries as a whole.</summary>
    private void ThrowIf(ErrorCode error, string what, string? brokerMessage)
    {
        if (error == ErrorCode.None)
        {
            return;
        }

        if (error == ErrorCode.NotController)
        {
            _cluster.RequestRefresh();
        }

        throw KafkaException.Of(error, what, brokerMessage);
    }

    private RoundClock StartClock() => new(_cluster.Time);
}
