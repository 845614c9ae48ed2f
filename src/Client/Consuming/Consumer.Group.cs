using System.Text.RegularExpressions;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// Membership: one loop that asks the member what to do, and does it. It does not depend on what the application does; what it tells the application runs beside it, so that heartbeats go on
/// meanwhile.
/// </summary>
public sealed partial class Consumer
{
    /// <summary>A join waits at the coordinator for the other members, and an answer takes its time beyond that.</summary>
    private static readonly TimeSpan JoinSlack = TimeSpan.FromSeconds(5);

    private readonly Signal _wakesGroup = new();
    private GroupMembership? _membership;
    private Task? _groupLoop;
    private IReadOnlyList<string> _subscription = [];
    private Regex? _regex;
    private string? _pattern;
    private IReadOnlyList<string>? _toldTopics;
    private string? _toldPattern;
    private long _progressSeen = -1;
    private long _looksForTopicsAtMs;

    /// <summary>The topics that this consumer subscribes to by name.</summary>
    public IReadOnlyList<string> Subscription => Volatile.Read(ref _subscription);

    /// <summary>What a transactional producer needs to commit this consumer's offsets with its transaction (KIP-447).</summary>
    /// <exception cref="InvalidOperationException">The consumer has no group.</exception>
    public ConsumerGroupMetadata GroupMetadata
    {
        get
        {
            var group = GroupOrThrow();
            lock (_gate)
            {
                return _membership is { IsMember: true } member
                    ? new ConsumerGroupMetadata(group, member.GenerationId, member.MemberId, _options.GroupInstanceId)
                    : new ConsumerGroupMetadata(group, -1, "", _options.GroupInstanceId);
            }
        }
    }

    /// <summary>Joins the group for these topics, instead of those of the call before. Partitions come while the application consumes.</summary>
    /// <exception cref="InvalidOperationException">There is no group, or partitions were assigned.</exception>
    public void Subscribe(params IEnumerable<string> topics)
    {
        Subscribe(topics.Distinct().ToList(), null, null);
    }

    /// <summary>
    /// Joins the group for all topics whose whole name matches. Under <see cref="GroupProtocol.Consumer"/> the coordinator finds them, and the pattern is one of RE2J (KIP-848); otherwise this
    /// consumer does, with .NET's regular expressions.
    /// </summary>
    /// <exception cref="ArgumentException">The pattern is none.</exception>
    /// <inheritdoc cref="Subscribe(IEnumerable{string})" path="/exception"/>
    public void SubscribePattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (_options.GroupProtocol == GroupProtocol.Consumer)
        {
            Subscribe([], pattern, null);
        }
        else
        {
            SubscribePattern(new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant));
        }
    }

    /// <summary>Joins the group for all topics that the expression matches; this consumer finds them as its view of the cluster is refreshed.</summary>
    /// <inheritdoc cref="Subscribe(IEnumerable{string})" path="/exception"/>
    public void SubscribePattern(Regex pattern)
    {
        _cluster.WatchAllTopics();
        Subscribe([], null, pattern);
        _cluster.RequestRefresh();
    }

    /// <summary>
    /// Leaves the group, or forgets the partitions that were assigned. A record that a handler has now is waited for, unless this is called out of the enumeration itself: then it is undone.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called by <see cref="ConsumerOptions.OnAssigned"/>, OnRevoked or OnLost, which it would wait for.</exception>
    public async Task UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ThrowIfTelling("unsubscribed");
            FreeOwnHand();
        }

        _handIsFree.Set();
        await LeaveAsync(GroupMembershipOperation.LeaveGroup).WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var state in _states.Values.ToList())
            {
                Remove(state);
            }

            WatchWhatIsRead();
        }
    }

    /// <summary>Has the group rebalance (KIP-568); nothing happens under <see cref="GroupProtocol.Consumer"/>, where the coordinator decides.</summary>
    public void EnforceRebalance(string reason)
    {
        lock (_gate)
        {
            (_membership as ClassicMembership)?.Rejoin(reason);
        }

        _wakesGroup.Set();
    }

    private void Subscribe(List<string> topics, string? pattern, Regex? regex)
    {
        var group = GroupOrThrow();
        lock (_gate)
        {
            ThrowIfClosed();
            if (_membership is null && _states.Count > 0)
            {
                throw new InvalidOperationException("partitions are assigned to this consumer; call UnsubscribeAsync before Subscribe");
            }

            _subscription = topics;
            _pattern = pattern;
            _regex = regex;
            WatchWhatIsRead();
            _membership ??= CreateMembership(group);
            _membership.OnProgress(NowMs);
            TellSubscription();
            _groupLoop ??= WatchAsync(RunGroupAsync());
            StartAutoCommit();
        }

        _wakesGroup.Set();
    }

    /// <summary>
    /// Has the view know what is subscribed to or assigned, and no other topics any more: to ask for a topic may have the broker make it, also one that was deleted. Under the gate.
    /// </summary>
    private void WatchWhatIsRead() => _cluster.WatchOnly(_subscription.Concat(_states.Values.Select(state => state.Topic)));

    private GroupMembership CreateMembership(string group)
    {
        var settings = new GroupMembershipSettings(group)
        {
            GroupInstanceId = _options.GroupInstanceId,
            RackId = _options.ClientRack,
            SessionTimeoutMs = (int)_options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = (int)_options.HeartbeatInterval.TotalMilliseconds,
            PollIntervalMaxMs = (int)_options.MaxPollInterval.TotalMilliseconds,
            RetryBackoffMs = (int)_options.RetryBackoff.TotalMilliseconds,
            RetryBackoffMaxMs = (int)_options.RetryBackoffMax.TotalMilliseconds,
            RemoteAssignor = _options.GroupRemoteAssignor,
            Eviction = _options.Eviction,
        };
        if (_options.GroupProtocol == GroupProtocol.Classic)
        {
            return new ClassicMembership(settings, _options.Assignors());
        }

        Span<byte> random = stackalloc byte[Uuid.SizeBytes];
        _options.Seams.Entropy.Fill(random);
        return new ConsumerMembership(settings, Uuid.FromRandom(random));
    }

    /// <summary>Tells the member the topics, and what the view knows of them. Under the gate.</summary>
    private void TellSubscription()
    {
        var view = _cluster.View;
        var topics = _subscription;
        if (_regex is { } regex)
        {
            topics = [.. view.Topics.Values.Where(topic => regex.IsMatch(topic.Name) && !(topic.IsInternal && _options.ExcludeInternalTopics)).Select(topic => topic.Name)];
        }

        if (_membership is ClassicMembership classic)
        {
            classic.Subscribe(topics);
        }
        else if (_membership is ConsumerMembership consumer && (_toldTopics is null || !_toldTopics.SequenceEqual(topics) || _toldPattern != _pattern))
        {
            _toldTopics = topics;
            _toldPattern = _pattern;
            consumer.Subscribe(topics, _pattern);
        }
    }

    private async Task RunGroupAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            GroupStep step;
            TimeSpan wait;
            GroupMembership member;
            lock (_gate)
            {
                member = _membership!;
                var now = NowMs;
                WatchProgress(member, now);
                var looksAgain = TellView(member);
                step = member.Next(now);
                wait = step.UntilMs == long.MaxValue ? _options.MetadataMaxAge : TimeSpan.FromMilliseconds(Math.Max(1, step.UntilMs - now));
                wait = looksAgain && wait > _options.RetryBackoffMax ? _options.RetryBackoffMax : wait;
            }

            switch (step.Kind)
            {
                case GroupStepKind.Send:
                    await SendAsync(member, step.Request!).ConfigureAwait(false);
                    break;
                case GroupStepKind.Rebalance:
                    _ = WatchAsync(RebalanceAsync(member, step.Rebalance!));
                    break;
                case GroupStepKind.LookUpTopics:
                    await LookUpAsync((ClassicMembership)member, step.Topics).ConfigureAwait(false);
                    break;
                case GroupStepKind.End:
                    EndMembership(member);
                    return;
                default:
                    await _wakesGroup.WaitAsync(wait, _time, CancellationToken.None).ConfigureAwait(false);
                    break;
            }
        }
    }

    private void EndMembership(GroupMembership member)
    {
        lock (_gate)
        {
            _membership = null;
            _groupLoop = null;
            _toldTopics = null;
        }

        if (member.Failure is { } failure)
        {
            Fail(new GroupException(failure.Code, $"{failure.Message}: {failure.Code.Message()} ({failure.Code})"));
        }
    }

    /// <summary>Whether the application moves: it waits for records, asked for some, took some out of a batch, or said so.</summary>
    private void WatchProgress(GroupMembership member, long now)
    {
        var seen = _asks + (_options.Eviction == HandlerEviction.ByPollInterval ? 0 : _batch.Progress + Interlocked.Read(ref _beats));
        var waits = _isConsuming && _inHand is null;
        if (seen != _progressSeen || waits)
        {
            _progressSeen = seen;
            member.OnProgress(now);
        }
    }

    /// <summary>
    /// Tells the member what the view knows that it did not: names of topics, partitions that it leads, topics of a pattern. True when it waits for topics that are not there yet: those are looked
    /// for again soon, as a topic that is about to be made must not wait until the view has aged.
    /// </summary>
    private bool TellView(GroupMembership member)
    {
        var view = _cluster.View;
        if (_regex is not null)
        {
            TellSubscription();
        }

        if (member is ConsumerMembership consumer)
        {
            foreach (var id in consumer.UnknownTopics)
            {
                if (view.Find(id) is { } topic)
                {
                    consumer.OnTopicName(id, topic.Name);
                }
                else
                {
                    if (_pattern is not null)
                    {
                        // It was found by the coordinator.
                        _cluster.WatchAllTopics();
                    }

                    LookForTopics();
                }
            }

            return consumer.UnknownTopics.Count > 0;
        }

        if (member is not ClassicMembership { LedTopics.Count: > 0 } leader)
        {
            return false;
        }

        leader.OnTopics(Assignable(view, leader.LedTopics));
        var awaitsTopics = leader.LedTopics.Any(topic => view.TopicErrors.GetValueOrDefault(topic) is ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable);
        if (awaitsTopics)
        {
            LookForTopics();
        }

        return awaitsTopics;
    }

    /// <summary>Has the view refreshed, but not too often.</summary>
    private void LookForTopics()
    {
        var now = NowMs;
        if (now >= _looksForTopicsAtMs)
        {
            _looksForTopicsAtMs = now + (long)_options.RetryBackoffMax.TotalMilliseconds;
            _cluster.RequestRefresh();
        }
    }

    private static Dictionary<string, AssignableTopic> Assignable(ClusterView view, IEnumerable<string> topics)
    {
        Dictionary<string, AssignableTopic> found = [];
        foreach (var name in topics)
        {
            if (view.Topics.TryGetValue(name, out var topic))
            {
                found.Add(name, new AssignableTopic(name, [.. topic.Partitions.Select(partition => (IReadOnlySet<string>)partition.Replicas
                    .Select(replica => view.Brokers.GetValueOrDefault(replica)?.Rack).OfType<string>().ToHashSet())]));
            }
        }

        return found;
    }

    private async Task LookUpAsync(ClassicMembership member, IReadOnlyCollection<string> topics)
    {
        try
        {
            _cluster.Watch(topics);
            var view = await _cluster.RefreshAsync(_closing.Token).ConfigureAwait(false);
            lock (_gate)
            {
                member.OnTopics(Assignable(view, topics));
            }
        }
        catch (KafkaException failure)
        {
            Tell(member, failure);
        }
        catch (OperationCanceledException)
        {
            Tell(member, new DisconnectedException("the consumer is being closed"));
        }
    }

    private void Tell(GroupMembership member, KafkaException failure)
    {
        LogFailure(_log, $"group {_options.GroupId}", failure.Message);
        lock (_gate)
        {
            member.OnFailure(failure.Code, failure.Message, failure.IsRetriable, NowMs);
        }
    }

    private async Task SendAsync(GroupMembership member, IRequest request)
    {
        try
        {
            var response = request switch
            {
                JoinGroupRequest => await CallAsync<JoinGroupResponse>(request, static answer => answer.ErrorCode, _options.MaxPollInterval + JoinSlack).ConfigureAwait(false),
                SyncGroupRequest => await CallAsync<SyncGroupResponse>(request, static answer => answer.ErrorCode, _options.MaxPollInterval + JoinSlack).ConfigureAwait(false),
                HeartbeatRequest => await CallAsync<HeartbeatResponse>(request, static answer => answer.ErrorCode, _options.RequestTimeout).ConfigureAwait(false),
                LeaveGroupRequest => await CallAsync<LeaveGroupResponse>(request, static answer => answer.ErrorCode, _options.RequestTimeout).ConfigureAwait(false),
                _ => (IResponse)await CallAsync<ConsumerGroupHeartbeatResponse>(request, static answer => answer.ErrorCode, _options.RequestTimeout).ConfigureAwait(false),
            };
            lock (_gate)
            {
                member.OnResponse(response, NowMs);
            }
        }
        catch (KafkaException failure)
        {
            Tell(member, failure);
        }
        catch (OperationCanceledException)
        {
            Tell(member, new DisconnectedException("the consumer is being closed"));
        }
        catch (ProtocolException malformed)
        {
            Tell(member, new KafkaException(ErrorCode.InconsistentGroupProtocol, $"what another member of group {_options.GroupId} sent cannot be read: {malformed.Message}", malformed));
        }
    }

    private async Task<TResponse> CallAsync<TResponse>(IRequest request, Func<TResponse, ErrorCode> errorOf, TimeSpan timeout)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        var group = _options.GroupId!;
        var cancellation = request is JoinGroupRequest or SyncGroupRequest ? _leaving.Token : _abandoning.Token;
        var node = await _cluster.CoordinatorAsync(CoordinatorType.Group, group, cancellation).ConfigureAwait(false);
        TResponse response;
        try
        {
            // What says goodbye must not stand behind a join, which waits at the coordinator.
            var purpose = request is LeaveGroupRequest ? ConnectionPurpose.General : ConnectionPurpose.Coordinator;
            var connection = await _cluster.ConnectAsync(node, purpose, cancellation).ConfigureAwait(false);
            response = await connection.CallAsync<TResponse>(request, timeout, cancellation).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            _cluster.ForgetCoordinator(CoordinatorType.Group, group);
            throw;
        }

        if (errorOf(response) is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            _cluster.ForgetCoordinator(CoordinatorType.Group, group);
        }

        return response;
    }
}
