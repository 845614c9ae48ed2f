using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>A member of a KIP-848 group: it gives up what it is told to give up before it says so, takes what it is given, commits, and pauses, leaves or dies without a word.</summary>
internal sealed class ModernMember(CoordinatorsRun run, SimClient client, SimRandom random, GroupModel group) : CoordinatorClient(run, client, random)
{
    private readonly SortedSet<int> _owned = [];
    private string _memberId = "";
    private int _epoch;
    private int _names;

    public override string? Unfinished => _epoch <= 0 ? $"{Client.Id} has not joined" : null;

    public IReadOnlyCollection<int> Owned => _owned;

    protected override async Task DoOneAsync()
    {
        if (_memberId.Length == 0)
        {
            _memberId = $"{Client.Id}.{++_names}";
        }

        switch (Run.IsHealing || _epoch == 0 ? 0 : Random.Next(30))
        {
            case <= 9:
                await BeatAsync();
                break;
            case <= 16 when _owned.Count > 0:
                await CommitOwnedAsync();
                break;
            case <= 20:
                await ReadOffsetAsync(group);
                break;
            case <= 22:
                await CommitAsGhostAsync(group);
                break;
            case 23:
                var leave = Heartbeat();
                leave.MemberEpoch = -1;
                Drop();
                _memberId = "";
                var left = await Client.CallAsync<ConsumerGroupHeartbeatResponse>(leave, 1);
                Note($"leaves: {left.ErrorCode}");
                break;
            case 24:
                Note("pauses");
                await PauseAsync(Random.Next(500, 4000));
                break;
            case 25:
                // Its partitions stay its own until its session has ended.
                Note($"{_memberId} dies");
                _owned.Clear();
                _epoch = 0;
                _memberId = "";
                break;
        }
    }

    private ConsumerGroupHeartbeatRequest Heartbeat() => new()
    {
        GroupId = group.Id,
        MemberId = _memberId,
        MemberEpoch = _epoch,
        InstanceId = null,
        RackId = null,
        RebalanceTimeoutMs = 30_000,
        SubscribedTopicNames = [CoordinatorsRun.Input],
        SubscribedTopicRegex = null,
        ServerAssignor = null,
        TopicPartitions = _owned.Count == 0 ? [] : [new() { TopicId = Run.InputId, Partitions = [.. _owned] }],
    };

    private async Task BeatAsync()
    {
        long sentMs = Client.World.NowMs;
        var answer = await Client.CallAsync<ConsumerGroupHeartbeatResponse>(Heartbeat(), 1);
        switch (answer.ErrorCode)
        {
            case ErrorCode.None:
                group.Require(answer.MemberEpoch >= _epoch, $"G3: {_memberId} had epoch {_epoch}, now {answer.MemberEpoch}");
                _epoch = answer.MemberEpoch;
                group.Beat(_memberId, _epoch, sentMs);
                if (answer.Assignment is { } assignment)
                {
                    Take([.. assignment.TopicPartitions.SelectMany(topic => topic.Partitions)], sentMs);
                }

                break;
            case ErrorCode.FencedMemberEpoch:
                Note($"{_memberId} is fenced with epoch {_epoch}");
                Drop();
                break;
            case ErrorCode.UnknownMemberId:
                Note($"{_memberId} is not known");
                Drop();
                _memberId = "";
                break;
            default:
                if (!IsRetriable(answer.ErrorCode))
                {
                    Unexpected($"a heartbeat ({answer.ErrorMessage})", answer.ErrorCode);
                }

                break;
        }
    }

    private void Take(SortedSet<int> target, long sentMs)
    {
        foreach (int partition in _owned.Except(target).ToArray())
        {
            _owned.Remove(partition);
            group.Release(partition, _memberId);
        }

        foreach (int partition in target.Except(_owned).ToArray())
        {
            group.Claim(partition, _memberId, _epoch, sentMs);
            _owned.Add(partition);
        }

        Note($"{_memberId} owns {string.Join(", ", _owned)} in epoch {_epoch}");
    }

    private async Task CommitOwnedAsync()
    {
        int partition = _owned.ElementAt(Random.Next(_owned.Count));
        ErrorCode error = await CommitAsync(group, _memberId, _epoch, partition);
        if (error == ErrorCode.UnknownMemberId)
        {
            Drop();
            _memberId = "";
        }
        else if (error is not (ErrorCode.None or ErrorCode.StaleMemberEpoch) && !IsRetriable(error))
        {
            Unexpected("a commit", error);
        }
    }

    private void Drop()
    {
        foreach (int partition in _owned)
        {
            group.Release(partition, _memberId);
        }

        _owned.Clear();
        _epoch = 0;
    }
}
