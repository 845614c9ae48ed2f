using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Committing, and what was committed.</summary>
public sealed partial class Consumer
{
    /// <summary>The last version that names topics by their names.</summary>
    private const short CommitByNameVersion = 9;

    /// <summary>
    /// Commits the positions of all partitions: all that was handed out counts as done, the record in hand included. While a cooperative group comes together, it waits until the coordinator takes
    /// commits again.
    /// </summary>
    /// <exception cref="KafkaException">The group has moved on (REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION, STALE_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID): what was not committed comes to another member. Or it did not
    /// succeed in <see cref="ClientOptions.DefaultApiTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">The consumer has no group.</exception>
    public Task CommitAsync(CancellationToken cancellationToken = default)
    {
        Dictionary<TopicPartition, CommittedOffset> offsets = [];
        lock (_gate)
        {
            foreach (var state in _states.Values)
            {
                if (state.Position >= 0 && state.Phase is PartitionPhase.Fetching or PartitionPhase.NeedsValidation)
                {
                    // A later commit by itself must not go back behind what the caller calls done.
                    state.Completed = Math.Max(state.Completed, state.Position);
                    offsets.Add(state.Partition, new CommittedOffset(state.Position) { LeaderEpoch = state.PositionEpoch < 0 ? null : state.PositionEpoch });
                }
            }
        }

        return CommitAsync(offsets, cancellationToken);
    }

    /// <summary>Commits these offsets: of the next record to be read, one more than the last that is done.</summary>
    /// <inheritdoc cref="CommitAsync(CancellationToken)" path="/exception"/>
    public Task CommitAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken = default) =>
        CommitAsync(offsets, isAutomatic: false, cancellationToken);

    /// <param name="offsets">What to commit.</param>
    /// <param name="isAutomatic">Whether nobody waits for it: then topics that are gone are left out, as others must not wait for them.</param>
    /// <param name="cancellationToken">Ends the trying.</param>
    private async Task CommitAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, bool isAutomatic, CancellationToken cancellationToken)
    {
        var group = GroupOrThrow();
        if (offsets.Count == 0)
        {
            return;
        }

        var ids = TopicIds(offsets.Keys);
        await _cluster.RetryAsync(
            $"committing offsets of group {group}", cancellation => CommitOnceAsync(offsets, ids, isAutomatic, cancellation), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the group has committed for these partitions; those without are not in it.</summary>
    /// <exception cref="KafkaException">The group may not be read, or the coordinator does not answer.</exception>
    public Task<Dictionary<TopicPartition, CommittedOffset>> CommittedAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancellationToken = default)
    {
        var wanted = partitions.ToList();
        return _cluster.RetryAsync($"reading offsets of group {GroupOrThrow()}", cancellation => FetchCommittedOnceAsync(wanted, cancellation), cancellationToken);
    }

    private string GroupOrThrow() => _options.GroupId ?? throw new InvalidOperationException("a consumer without group.id has no committed offsets");

    /// <summary>The topics that the offsets are of, by the time they were read: one that is made anew under its name has other records at these offsets.</summary>
    private Dictionary<TopicName, Uuid> TopicIds(IEnumerable<TopicPartition> partitions)
    {
        var view = _cluster.View;
        Dictionary<TopicName, Uuid> ids = [];
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_states.TryGetValue(partition, out var state) && !state.TopicId.IsZero)
                {
                    ids[partition.Topic] = state.TopicId;
                }
                else if (!ids.ContainsKey(partition.Topic))
                {
                    ids.Add(partition.Topic, view.Topics.TryGetValue(partition.Topic, out var known) ? known.Id : Uuid.Zero);
                }
            }
        }

        return ids;
    }

    private async Task<bool> CommitOnceAsync(
        IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, Dictionary<TopicName, Uuid> ids, bool isAutomatic, CancellationToken cancellationToken)
    {
        var group = _options.GroupId!;
        var node = await _cluster.CoordinatorAsync(CoordinatorType.Group, group, cancellationToken).ConfigureAwait(false);
        var connection = await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
        var request = new OffsetCommitRequest { GroupId = group };
        lock (_gate)
        {
            if (_membership is { IsMember: true } member)
            {
                request.GenerationIdOrMemberEpoch = member.GenerationId;
                request.MemberId = member.MemberId;
                request.GroupInstanceId = _options.GroupInstanceId;
            }
            else if (_membership is { KeepsWhileJoining: true })
            {
                throw ComesTogether(group);
            }
            else if (_membership is not null)
            {
                // Without a member's name an empty group would take it, and whoever had the partitions since would be set back.
                throw new KafkaException(
                    ErrorCode.UnknownMemberId, $"committing offsets of group {group}: this consumer is not a member of it now; what is not committed comes to who has the partitions next");
            }
        }

        var hasIds = true;
        foreach (var topic in offsets.GroupBy(entry => entry.Key.Topic))
        {
            var id = ids[topic.Key];
            hasIds &= !id.IsZero;
            request.Topics.Add(new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                TopicId = id,
                Partitions = [.. topic.Select(entry => new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = entry.Key.Partition,
                    CommittedOffset = entry.Value.Offset,
                    CommittedLeaderEpoch = entry.Value.LeaderEpoch ?? -1,
                    CommittedMetadata = entry.Value.Metadata,
                })],
            });
        }

        OffsetCommitResponse response;
        try
        {
            var version = connection.Versions.Version(ApiKey.OffsetCommit, highest: hasIds ? short.MaxValue : CommitByNameVersion);
            response = await connection.CallAsync<OffsetCommitResponse>(request, version, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            _cluster.ForgetCoordinator(CoordinatorType.Group, group);
            throw;
        }

        HandleCommit(offsets, response, group, request.GenerationIdOrMemberEpoch, isAutomatic);
        return true;
    }

    private void HandleCommit(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, OffsetCommitResponse response, string group, int generation, bool isAutomatic)
    {
        var failed = response.Topics.SelectMany(topic => topic.Partitions)
            .FirstOrDefault(partition => partition.ErrorCode != ErrorCode.None && !(isAutomatic && IsGone(partition.ErrorCode)))?.ErrorCode ?? ErrorCode.None;
        if (failed is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            _cluster.ForgetCoordinator(CoordinatorType.Group, group);
        }

        if (failed == ErrorCode.StaleMemberEpoch && HasAll(offsets.Keys))
        {
            // The epoch has changed under way; the next attempt has the new one. What was given up since must not go with it: another member commits that now.
            throw TryAgain(group, $"{failed.Message()} ({failed})");
        }

        if (failed is ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress && KeepsWhileJoining(offsets.Keys, generation))
        {
            throw ComesTogether(group);
        }

        if (failed != ErrorCode.None)
        {
            throw KafkaException.Of(failed, $"committing offsets of group {group}");
        }

        lock (_gate)
        {
            foreach (var (partition, offset) in offsets)
            {
                if (_states.TryGetValue(partition, out var state))
                {
                    state.Committed = offset.Offset;
                }
            }
        }
    }

    /// <summary>Whether these partitions are still this member's though the generation that the commit named is over: the next one takes it.</summary>
    private bool KeepsWhileJoining(IEnumerable<TopicPartition> partitions, int generation)
    {
        lock (_gate)
        {
            return _membership is { } member && (member.KeepsWhileJoining || member.GenerationId > generation)
                && partitions.All(partition => _states.TryGetValue(partition, out var state) && !state.IsRevoked);
        }
    }

    private bool HasAll(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            return partitions.All(_states.ContainsKey);
        }
    }

    private static KafkaException ComesTogether(string group) => TryAgain(group, "the group is coming together, and takes commits when it has");

    /// <summary>An error that another attempt follows.</summary>
    private static KafkaException TryAgain(string group, string why) => new(ErrorCode.CoordinatorLoadInProgress, $"committing offsets of group {group}: {why}");

    private static bool IsGone(ErrorCode error) => error is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId;

    private async Task<Dictionary<TopicPartition, CommittedOffset>> FetchCommittedOnceAsync(List<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var group = _options.GroupId!;
        var node = await _cluster.CoordinatorAsync(CoordinatorType.Group, group, cancellationToken).ConfigureAwait(false);
        var connection = await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
        var version = connection.Versions.Version(ApiKey.OffsetFetch, highest: FetchOffsetsByNameVersion);
        var request = new OffsetFetchRequest { RequireStable = version >= 7 };
        var byTopic = partitions.GroupBy(partition => partition.Topic).ToList();
        if (version >= FetchOffsetsOfGroupsVersion)
        {
            request.Groups.Add(new OffsetFetchRequest.OffsetFetchRequestGroup
            {
                GroupId = group,
                Topics = byTopic.ConvertAll(topic => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = topic.Key, PartitionIndexes = [.. topic.Select(entry => entry.Partition)] }),
            });
        }
        else
        {
            request.GroupId = group;
            request.Topics = byTopic.ConvertAll(topic => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic.Key, PartitionIndexes = [.. topic.Select(entry => entry.Partition)] });
        }

        OffsetFetchResponse response;
        try
        {
            response = await connection.CallAsync<OffsetFetchResponse>(request, version, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            _cluster.ForgetCoordinator(CoordinatorType.Group, group);
            throw;
        }

        return ReadCommitted(response, version, group);
    }

    private Dictionary<TopicPartition, CommittedOffset> ReadCommitted(OffsetFetchResponse response, short version, string group)
    {
        Dictionary<TopicPartition, CommittedOffset> committed = [];
        if (version >= FetchOffsetsOfGroupsVersion)
        {
            ThrowOffsetError(response.Groups[0].ErrorCode, group);
            foreach (var topic in response.Groups[0].Topics)
            {
                topic.Partitions.ForEach(entry => Add(topic.Name, entry.PartitionIndex, entry.CommittedOffset, entry.CommittedLeaderEpoch, entry.Metadata, entry.ErrorCode));
            }
        }
        else
        {
            ThrowOffsetError(response.ErrorCode, group);
            foreach (var topic in response.Topics)
            {
                topic.Partitions.ForEach(entry => Add(topic.Name, entry.PartitionIndex, entry.CommittedOffset, entry.CommittedLeaderEpoch, entry.Metadata, entry.ErrorCode));
            }
        }

        return committed;

        void Add(TopicName topic, PartitionIndex partition, long offset, int epoch, string? metadata, ErrorCode error)
        {
            ThrowOffsetError(error, group);
            if (offset >= 0)
            {
                committed[new TopicPartition(topic, partition)] = new CommittedOffset(offset) { LeaderEpoch = epoch < 0 ? null : epoch, Metadata = metadata ?? "" };
            }
        }
    }

    private void ThrowOffsetError(ErrorCode error, string group)
    {
        if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            _cluster.ForgetCoordinator(CoordinatorType.Group, group);
        }

        if (error != ErrorCode.None)
        {
            throw KafkaException.Of(error, $"reading offsets of group {group}");
        }
    }

    private void StartAutoCommit()
    {
        if (_options.AutoCommit && _options.GroupId is not null)
        {
            _autoCommitLoop ??= WatchAsync(AutoCommitAsync());
        }
    }

    private async Task AutoCommitAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                await Task.Delay(_options.AutoCommitInterval, _time, _closing.Token).ConfigureAwait(false);
                await CommitCompletedAsync(null, _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The consumer is closed; closing commits the last.
        }
    }

    /// <summary>Commits what is done of these partitions, or of all. What goes wrong is logged: the next time tells more.</summary>
    private async Task CommitCompletedAsync(IReadOnlyCollection<TopicPartition>? partitions, CancellationToken cancellationToken)
    {
        Dictionary<TopicPartition, CommittedOffset> offsets = [];
        lock (_gate)
        {
            foreach (var state in _states.Values)
            {
                if (state.Completed >= 0 && state.Completed != state.Committed && (partitions is null || partitions.Contains(state.Partition)))
                {
                    var epoch = state.Completed == state.Position && state.PositionEpoch >= 0 ? state.PositionEpoch : default(int?);
                    offsets.Add(state.Partition, new CommittedOffset(state.Completed) { LeaderEpoch = epoch });
                }
            }
        }

        try
        {
            await CommitAsync(offsets, isAutomatic: true, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            LogFailure(_log, "committing automatically", failure.Message);
        }
    }
}
