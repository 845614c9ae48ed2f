using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>The view and its refreshing: one request at a time, however many ask.</summary>
internal sealed partial class ClusterClient
{
    private const sbyte ControllerEndpoints = 2;

    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private bool _wantsAllTopics;
    private Task<ClusterView>? _refresh;
    private Task<ClusterView>? _refreshAfter;
    private KafkaException? _refreshFailure;
    private bool _mustRebootstrap;

    /// <summary>Is told of each new view, on the thread that made it: it must be quick.</summary>
    public event Action<ClusterView>? ViewChanged;

    /// <summary>Has the view know all topics of the cluster from the next refresh on.</summary>
    public void WatchAllTopics()
    {
        lock (_gate)
        {
            _wantsAllTopics = true;
        }
    }

    /// <summary>Has the view know these topics, beside those asked for otherwise, from the next refresh on. True when one of them is new.</summary>
    public bool Watch(IEnumerable<string> topics)
    {
        lock (_gate)
        {
            int before = _topics.Count;
            _topics.UnionWith(topics);
            return _topics.Count > before;
        }
    }

    /// <summary>Has the view know these topics alone from the next refresh on, unless all are watched.</summary>
    public void WatchOnly(IEnumerable<string> topics)
    {
        lock (_gate)
        {
            _topics.Clear();
            _topics.UnionWith(topics);
        }
    }

    /// <summary>The topic, as soon as it is known and has partitions.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="cancellationToken">Ends the waiting; the caller sets its own bound with it, or <see cref="ClientOptions.DefaultApiTimeout"/> is it.</param>
    /// <exception cref="KafkaException">The topic cannot be: INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED; or it is not there in time: REQUEST_TIMED_OUT.</exception>
    public ValueTask<TopicView> TopicAsync(string topic, CancellationToken cancellationToken) =>
        View.Topics.TryGetValue(topic, out TopicView? known) ? ValueTask.FromResult(known) : new ValueTask<TopicView>(WaitForTopicAsync(topic, cancellationToken));

    /// <summary>A view that was asked for after this call. Tries until <see cref="ClientOptions.DefaultApiTimeout"/> has passed.</summary>
    public Task<ClusterView> RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_refresh is null)
            {
                return (_refresh = RunRefreshAsync()).WaitAsync(cancellationToken);
            }

            // What is under way may have been asked before what the caller knows of has happened.
            return (_refreshAfter ??= AfterAsync(_refresh)).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Has the view refreshed soon; for whoever has seen that it is old.</summary>
    public void RequestRefresh()
    {
        lock (_gate)
        {
            if (_refresh is null && !_closing.IsCancellationRequested)
            {
                _refresh = RunRefreshAsync();
            }
        }
    }

    /// <summary>Takes over who leads a partition from a produce or fetch response (KIP-951). False when the view knows better already.</summary>
    public bool UpdateLeader(string topic, int partition, int leader, int leaderEpoch, BrokerView? broker)
    {
        ClusterView changed;
        lock (_gate)
        {
            ClusterView view = _view;
            if (view.Find(topic, partition) is not { } known || leaderEpoch <= known.LeaderEpoch || (broker is null && !view.Brokers.ContainsKey(leader)))
            {
                return false;
            }

            changed = ViewBuilder.WithLeader(view, topic, known with { Leader = leader, LeaderEpoch = leaderEpoch, Error = ErrorCode.None }, broker);
            Volatile.Write(ref _view, changed);
        }

        ViewChanged?.Invoke(changed);
        return true;
    }

    private Task<TopicView> WaitForTopicAsync(string topic, CancellationToken cancellationToken)
    {
        Watch([topic]);
        return RetryAsync(
            $"finding the topic {topic}",
            async cancellation =>
            {
                ClusterView view = await RefreshAsync(cancellation).ConfigureAwait(false);
                return view.Topics.TryGetValue(topic, out TopicView? found)
                    ? found
                    : throw KafkaException.Of(view.TopicErrors.GetValueOrDefault(topic, ErrorCode.UnknownTopicOrPartition), $"topic {topic}");
            },
            cancellationToken);
    }

    private async Task<ClusterView> AfterAsync(Task<ClusterView> first)
    {
        await ((Task)first).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            _refreshAfter = null;
            _refresh ??= RunRefreshAsync();
            first = _refresh;
        }

        return await first.ConfigureAwait(false);
    }

    private async Task<ClusterView> RunRefreshAsync()
    {
        // The caller holds the gate.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await RetryAsync("refreshing metadata", AskOnceAsync, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _refresh = null;
            }
        }
    }

    /// <summary>Why the view cannot be refreshed at present; null when it can, or nobody tried. What waits for it in vain says so.</summary>
    public KafkaException? RefreshFailure => Volatile.Read(ref _refreshFailure);

    private async Task<ClusterView> AskOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            ClusterView view = await FindAnswerAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _refreshFailure, null);
            return view;
        }
        catch (KafkaException failure)
        {
            Volatile.Write(ref _refreshFailure, failure);
            throw;
        }
    }

    private async Task<ClusterView> FindAnswerAsync(CancellationToken cancellationToken)
    {
        DisconnectedException? last = null;
        if (!_mustRebootstrap)
        {
            if (_connections.AnyOpen() is { } open)
            {
                try
                {
                    return await AskAsync(open, cancellationToken).ConfigureAwait(false);
                }
                catch (DisconnectedException lost)
                {
                    last = lost;
                }
            }

            foreach (BrokerView broker in View.Brokers.Values)
            {
                try
                {
                    BrokerConnection connection = await _connections.GetAsync(broker, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
                    return await AskAsync(connection, cancellationToken).ConfigureAwait(false);
                }
                catch (DisconnectedException lost)
                {
                    last = lost;
                }
            }

            if (View.Brokers.Count > 0 && !Options.Rebootstraps)
            {
                throw last!;
            }
        }

        return await BootstrapAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the bootstrap servers one after the other, over connections of their own: their ids are not known.</summary>
    private async Task<ClusterView> BootstrapAsync(CancellationToken cancellationToken)
    {
        DisconnectedException? last = null;
        foreach (HostPort address in _bootstrap)
        {
            try
            {
                using BrokerConnection connection = await BrokerConnection.ConnectAsync(Options, address.Host, address.Port, -1, cancellationToken).ConfigureAwait(false);
                ClusterView view = await AskAsync(connection, cancellationToken).ConfigureAwait(false);
                _mustRebootstrap = false;
                return view;
            }
            catch (DisconnectedException lost)
            {
                last = lost;
                LogBootstrap(_log, lost.Message);
            }
        }

        throw last!;
    }

    private async Task<ClusterView> AskAsync(BrokerConnection connection, CancellationToken cancellationToken)
    {
        MetadataResponse response = Options.UsesControllers
            ? await AskControllersAsync(connection, cancellationToken).ConfigureAwait(false)
            : await connection.CallAsync<MetadataResponse>(WhatToAsk(), Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        if (response.ErrorCode == ErrorCode.RebootstrapRequired)
        {
            _mustRebootstrap = true;
            throw new DisconnectedException("the broker asks for a new start from the bootstrap servers (REBOOTSTRAP_REQUIRED)");
        }

        if (response.Brokers.Count == 0)
        {
            throw new DisconnectedException("the broker knows of no broker yet");
        }

        ClusterView view;
        lock (_gate)
        {
            view = ViewBuilder.Next(_view, response);
            Volatile.Write(ref _view, view);
        }

        ViewChanged?.Invoke(view);
        return view;
    }

    /// <summary>Which topics are used, and which not any more: asked before each refresh, and watched or not by it. Null where topics are watched until told otherwise.</summary>
    public Func<IEnumerable<(string Topic, bool IsUsed)>>? TopicUse { get; set; }

    private MetadataRequest WhatToAsk()
    {
        lock (_gate)
        {
            foreach ((string topic, bool isUsed) in TopicUse?.Invoke() ?? [])
            {
                _ = isUsed ? _topics.Add(topic) : _topics.Remove(topic);
            }

            return new MetadataRequest
            {
                Topics = _wantsAllTopics ? null : [.. _topics.Select(topic => new MetadataRequest.MetadataRequestTopic { Name = topic })],
                AllowAutoTopicCreation = Options.AllowsAutoTopicCreation,
            };
        }
    }

    /// <summary>Controllers serve no Metadata: who they are, and which of them is active, is in DescribeCluster (KIP-919).</summary>
    private async Task<MetadataResponse> AskControllersAsync(BrokerConnection connection, CancellationToken cancellationToken)
    {
        DescribeClusterResponse response = await connection.CallAsync<DescribeClusterResponse>(
            new DescribeClusterRequest { EndpointType = ControllerEndpoints }, Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        return response.ErrorCode != ErrorCode.None
            ? throw KafkaException.Of(response.ErrorCode, "asking the controllers who they are", response.ErrorMessage)
            : new MetadataResponse
            {
                ClusterId = response.ClusterId,
                ControllerId = response.ControllerId,
                Brokers = [.. response.Brokers.Select(node => new MetadataResponse.MetadataResponseBroker { NodeId = node.BrokerId, Host = node.Host, Port = node.Port, Rack = node.Rack })],
            };
    }

    [LoggerMessage(2, LogLevel.Warning, "a bootstrap server does not answer: {Failure}")]
    private static partial void LogBootstrap(ILogger log, string failure);
}
