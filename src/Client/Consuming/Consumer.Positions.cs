using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Where to begin: committed offsets, the ends of the log, and whether a position still stands after a change of leaders (KIP-320).</summary>
public sealed partial class Consumer
{
    /// <summary>From this version on the request has a list of groups (KIP-709).</summary>
    private const short FetchOffsetsOfGroupsVersion = 8;

    /// <summary>The last version that names topics by their names.</summary>
    private const short FetchOffsetsByNameVersion = 9;

    private bool _isFindingPositions;

    private bool NeedsPosition(PartitionState state, long now)
    {
        // One that is being given up is kept until the application has done with its last record, and needs no position any more.
        if (state.Phase is PartitionPhase.Fetching or PartitionPhase.NeedsSeek || state.IsHeld || state.IsRevoked)
        {
            return false;
        }

        if (state.RetryAtMs > now)
        {
            PumpAt(state.RetryAtMs);
            return false;
        }

        return true;
    }

    private async Task FindPositionsAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            List<(PartitionState State, int Incarnation)> wanted = [];
            lock (_gate)
            {
                var now = NowMs;
                foreach (var state in _states.Values)
                {
                    if (NeedsPosition(state, now))
                    {
                        wanted.Add((state, state.Incarnation));
                    }
                }

                if (wanted.Count == 0 || _isClosed)
                {
                    _isFindingPositions = false;
                    Pump();
                    return;
                }
            }

            try
            {
                await FindAsync(wanted, PartitionPhase.NeedsCommitted, FindCommittedAsync).ConfigureAwait(false);
                await FindAsync(wanted, PartitionPhase.NeedsReset, FindOffsetsAsync).ConfigureAwait(false);
                await FindAsync(wanted, PartitionPhase.NeedsValidation, ValidateAsync).ConfigureAwait(false);
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                LogFailure(_log, "finding where to begin", failure.Message);
                lock (_gate)
                {
                    foreach (var (state, _) in wanted)
                    {
                        RetryLater(state);
                    }
                }
            }
            catch (KafkaException failure)
            {
                lock (_gate)
                {
                    _isFindingPositions = false;
                    foreach (var (state, _) in wanted)
                    {
                        RetryLater(state);
                    }
                }

                Fail(failure);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void RetryLater(PartitionState state)
    {
        state.RetryAtMs = NowMs + (long)_options.RetryBackoff.TotalMilliseconds;
        PumpAt(state.RetryAtMs);
    }

    private async Task FindAsync(
        List<(PartitionState State, int Incarnation)> wanted, PartitionPhase phase, Func<List<(PartitionState State, int Incarnation)>, Task> find)
    {
        List<(PartitionState State, int Incarnation)> of;
        lock (_gate)
        {
            of = wanted.FindAll(entry => entry.State.Phase == phase && IsCurrent(entry));
        }

        if (of.Count > 0)
        {
            await find(of).ConfigureAwait(false);
        }
    }

    private static bool IsCurrent((PartitionState State, int Incarnation) entry) => !entry.State.IsRevoked && entry.State.Incarnation == entry.Incarnation;

    private async Task FindCommittedAsync(List<(PartitionState State, int Incarnation)> wanted)
    {
        Dictionary<TopicPartition, CommittedOffset> committed = [];
        if (_options.GroupId is not null)
        {
            committed = await FetchCommittedOnceAsync(wanted.ConvertAll(entry => entry.State.Partition), _closing.Token).ConfigureAwait(false);
        }

        lock (_gate)
        {
            foreach (var entry in wanted)
            {
                var state = entry.State;
                if (!IsCurrent(entry) || state.Phase != PartitionPhase.NeedsCommitted)
                {
                    continue;
                }

                if (committed.TryGetValue(state.Partition, out var offset))
                {
                    state.Seek(offset.Offset, offset.LeaderEpoch ?? -1);
                    state.Completed = offset.Offset;
                    state.Committed = offset.Offset;
                    if (offset.LeaderEpoch is not null)
                    {
                        state.Phase = PartitionPhase.NeedsValidation;
                    }
                }
                else
                {
                    ResetByPolicy(state, new KafkaException(
                        ErrorCode.OffsetOutOfRange, $"there is no committed offset of group {_options.GroupId} for {state.Partition}, and auto.offset.reset=none; seek to go on"));
                }
            }
        }
    }

    private async Task FindOffsetsAsync(List<(PartitionState State, int Incarnation)> wanted)
    {
        // An unknown time counts as the end, as with Kafka's clients.
        Dictionary<TopicPartition, OffsetAtTime> found = [];
        Dictionary<TopicPartition, long> asked;
        lock (_gate)
        {
            asked = wanted.Where(IsCurrent).ToDictionary(entry => entry.State.Partition, entry => entry.State.ResetTimestampMs);
        }

        await ListOffsetsOnceAsync(asked, found, _closing.Token).ConfigureAwait(false);
        var beyond = asked.Where(entry => found.TryGetValue(entry.Key, out var offset) && offset.Offset < 0).ToDictionary(entry => entry.Key, _ => PartitionState.LatestTimestamp);
        if (beyond.Count > 0)
        {
            await ListOffsetsOnceAsync(beyond, found, _closing.Token).ConfigureAwait(false);
        }

        lock (_gate)
        {
            foreach (var entry in wanted)
            {
                if (!IsCurrent(entry) || entry.State.Phase != PartitionPhase.NeedsReset)
                {
                    continue;
                }

                if (found.TryGetValue(entry.State.Partition, out var offset))
                {
                    entry.State.Seek(offset.Offset, offset.LeaderEpoch);
                }
                else
                {
                    LookAgain(entry.State, NowMs);
                }
            }
        }
    }

    /// <summary>Asks the leaders once; partitions whose leader is not known or does not say are left out, and the view is refreshed.</summary>
    private async Task ListOffsetsOnceAsync(Dictionary<TopicPartition, long> asked, Dictionary<TopicPartition, OffsetAtTime> found, CancellationToken cancellationToken)
    {
        var view = _cluster.View;
        foreach (var node in asked.Keys.GroupBy(partition => view.Find(partition.Topic, partition.Partition)?.Leader ?? -1))
        {
            if (node.Key < 0)
            {
                _cluster.RequestRefresh();
                continue;
            }

            var request = new ListOffsetsRequest { ReplicaId = -1, IsolationLevel = (sbyte)_options.IsolationLevel, TimeoutMs = (int)_options.RequestTimeout.TotalMilliseconds };
            foreach (var topic in node.GroupBy(partition => partition.Topic))
            {
                request.Topics.Add(new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = topic.Key,
                    Partitions = [.. topic.Select(partition => new ListOffsetsRequest.ListOffsetsPartition
                    {
                        PartitionIndex = partition.Partition,
                        CurrentLeaderEpoch = view.Find(partition.Topic, partition.Partition)!.LeaderEpoch,
                        Timestamp = asked[partition],
                    })],
                });
            }

            var response = await _cluster.CallAsync<ListOffsetsResponse>(node.Key, request, cancellationToken).ConfigureAwait(false);
            foreach (var topic in response.Topics)
            {
                foreach (var partition in topic.Partitions)
                {
                    var key = new TopicPartition(topic.Name, partition.PartitionIndex);
                    if (partition.ErrorCode == ErrorCode.None)
                    {
                        found[key] = new OffsetAtTime(partition.Offset, partition.Timestamp, partition.LeaderEpoch);
                    }
                    else if (partition.ErrorCode.IsRetriable() || partition.ErrorCode is ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch)
                    {
                        _cluster.RequestRefresh();
                    }
                    else
                    {
                        throw KafkaException.Of(partition.ErrorCode, $"finding an offset of {key}");
                    }
                }
            }
        }
    }

    private async Task ValidateAsync(List<(PartitionState State, int Incarnation)> wanted)
    {
        var view = _cluster.View;
        foreach (var node in wanted.GroupBy(entry => view.Find(entry.State.Topic, entry.State.Index)?.Leader ?? -1))
        {
            if (node.Key < 0)
            {
                lock (_gate)
                {
                    node.ToList().ForEach(entry => LookAgain(entry.State, NowMs));
                }

                continue;
            }

            var request = new OffsetForLeaderEpochRequest { ReplicaId = -1 };
            foreach (var topic in node.GroupBy(entry => entry.State.Topic))
            {
                request.Topics.Add(new OffsetForLeaderEpochRequest.OffsetForLeaderTopic
                {
                    Topic = topic.Key,
                    Partitions = [.. topic.Select(entry => new OffsetForLeaderEpochRequest.OffsetForLeaderPartition
                    {
                        Partition = entry.State.Index,
                        CurrentLeaderEpoch = view.Find(entry.State.Topic, entry.State.Index)!.LeaderEpoch,
                        LeaderEpoch = entry.State.FetchEpoch,
                    })],
                });
            }

            var response = await _cluster.CallAsync<OffsetForLeaderEpochResponse>(node.Key, request, _closing.Token).ConfigureAwait(false);
            var answers = response.Topics.SelectMany(topic => topic.Partitions.Select(answer => (new TopicPartition(topic.Topic, answer.Partition), answer))).ToDictionary();
            lock (_gate)
            {
                foreach (var entry in node)
                {
                    if (IsCurrent(entry) && entry.State.Phase == PartitionPhase.NeedsValidation)
                    {
                        Validate(entry.State, answers.GetValueOrDefault(entry.State.Partition), view);
                    }
                }
            }
        }
    }

    private void Validate(PartitionState state, OffsetForLeaderEpochResponse.EpochEndOffset? answer, ClusterView view)
    {
        if (answer is null || answer.ErrorCode != ErrorCode.None)
        {
            LookAgain(state, NowMs);
            return;
        }

        state.LeaderEpoch = view.Find(state.Topic, state.Index)?.LeaderEpoch ?? state.LeaderEpoch;
        if (answer.LeaderEpoch >= 0 && answer.EndOffset >= state.FetchOffset)
        {
            state.Phase = PartitionPhase.Fetching;
            return;
        }

        // The log was cut: what was read above its end is not there any more.
        var truncated = new KafkaException(
            ErrorCode.OffsetOutOfRange, $"the log of {state.Partition} was cut below the offset {state.Position}, and auto.offset.reset=none; seek to go on");
        LogFailure(_log, "validating a position", truncated.Message);
        if (answer.LeaderEpoch < 0 || _options.OffsetReset.Kind == OffsetResetKind.None)
        {
            ResetByPolicy(state, truncated);
        }
        else
        {
            state.Seek(Math.Min(answer.EndOffset, state.Position), answer.LeaderEpoch);
            state.Completed = Math.Min(state.Completed, state.Position);
        }

        DropVoid();
    }

    /// <summary>Is told of each new view by the thread that made it.</summary>
    private void OnView(ClusterView view)
    {
        lock (_gate)
        {
            foreach (var state in _states.Values)
            {
                if (view.Topics.TryGetValue(state.Topic, out var topic) && !topic.Id.IsZero && topic.Id != state.TopicId)
                {
                    if (!state.TopicId.IsZero)
                    {
                        LogFailure(_log, $"reading {state.Partition}", "the topic was deleted and made anew: offsets of the old one mean nothing in it");
                        state.StartOver();
                        DropVoid();
                    }

                    state.TopicId = topic.Id;
                }

                if (view.Find(state.Topic, state.Index) is not { Leader: >= 0 } partition || partition.LeaderEpoch <= state.LeaderEpoch)
                {
                    continue;
                }

                if (state.Phase == PartitionPhase.Fetching && state.LeaderEpoch >= 0 && state.FetchEpoch >= 0)
                {
                    state.Phase = PartitionPhase.NeedsValidation;
                }

                // The leader is another one now: there is nothing to wait for.
                state.RetryAtMs = 0;
            }

            Pump();
        }

        _wakesGroup.Set();
    }
}
