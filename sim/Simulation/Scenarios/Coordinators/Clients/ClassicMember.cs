using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>A member of a classic group: joins, leads when it is told to, commits, and pauses, leaves or dies without a word.</summary>
internal sealed class ClassicMember(CoordinatorsRun run, SimClient client, SimRandom random, GroupModel group) : CoordinatorClient(run, client, random)
{
    private const string ProtocolName = "range";
    private string _memberId = "";

    public int Generation { get; private set; } = -1;

    public string MemberId => _memberId;

    public List<int> Owned { get; } = [];

    public override string? Unfinished => Generation < 0 || Generation < group.Generation ? $"{Client.Id} has generation {Generation}, others {group.Generation}" : null;

    protected override async Task DoOneAsync()
    {
        if (Generation < 0)
        {
            await JoinAsync();
            return;
        }

        switch (Run.IsHealing ? 0 : Random.Next(30))
        {
            case <= 6:
                var beat = await Client.CallAsync<HeartbeatResponse>(new HeartbeatRequest { GroupId = group.Id, GenerationId = Generation, MemberId = _memberId, GroupInstanceId = null }, 4);
                Take("a heartbeat", beat.ErrorCode);
                break;
            case <= 14 when Owned.Count > 0:
                await CommitOwnedAsync();
                break;
            case <= 20:
                await ReadOffsetAsync(group);
                break;
            case <= 22:
                await CommitAsGhostAsync(group);
                break;
            case 23:
                await LeaveAsync();
                break;
            case 24:
                Note("pauses");
                await PauseAsync(Random.Next(500, 4000));
                break;
            case 25:
                Note("dies");
                LeaveGhosts();
                Reset(keepId: false);
                break;
        }
    }

    private async Task CommitOwnedAsync()
    {
        int partition = Owned[Random.Next(Owned.Count)];
        (int generation, int known) = (Generation, group.Generation);
        ErrorCode error = await CommitAsync(group, _memberId, generation, partition);
        group.Require(error != ErrorCode.None || generation >= known, $"G5: {_memberId} of generation {generation} commits, others had generation {known}");
        Take("a commit", error);
    }

    private async Task LeaveAsync()
    {
        var request = new LeaveGroupRequest { GroupId = group.Id, Members = [new() { MemberId = _memberId, GroupInstanceId = null, Reason = null }] };
        LeaveGhosts();
        Reset(keepId: false);
        var left = await Client.CallAsync<LeaveGroupResponse>(request, 5);
        Note($"leaves: {left.ErrorCode}");
    }

    /// <summary>What this member had is committed by nobody in its name once a later generation is there.</summary>
    private void LeaveGhosts() => Run.LeaveClassicGhosts(_memberId, Generation, Owned);

    private void Reset(bool keepId)
    {
        Generation = -1;
        Owned.Clear();
        _memberId = keepId ? _memberId : "";
    }

    private void Take(string what, ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration:
                Note($"{what}: {error}");
                LeaveGhosts();
                Reset(keepId: true);
                break;
            case ErrorCode.UnknownMemberId:
                Note($"{what}: {error}");
                LeaveGhosts();
                Reset(keepId: false);
                break;
            default:
                if (!IsRetriable(error))
                {
                    Unexpected(what, error);
                }

                break;
        }
    }

    private async Task JoinAsync()
    {
        var request = new JoinGroupRequest
        {
            GroupId = group.Id, SessionTimeoutMs = CoordinatorsRun.SessionTimeoutMs, RebalanceTimeoutMs = 1500, MemberId = _memberId, GroupInstanceId = null, ProtocolType = "consumer", Reason = null,
            Protocols = [new() { Name = ProtocolName, Metadata = new byte[] { 1 } }],
        };
        var joined = await Client.CallAsync<JoinGroupResponse>(request, 9);
        if (joined.ErrorCode == ErrorCode.MemberIdRequired)
        {
            _memberId = joined.MemberId;
            return;
        }

        if (joined.ErrorCode != ErrorCode.None)
        {
            Take("a join", joined.ErrorCode);
            return;
        }

        _memberId = joined.MemberId;
        Note($"is in generation {joined.GenerationId} of {joined.Members.Count} as {_memberId}");
        await SyncAsync(joined);
    }

    private async Task SyncAsync(JoinGroupResponse joined)
    {
        var request = new SyncGroupRequest
        {
            GroupId = group.Id, GenerationId = joined.GenerationId, MemberId = _memberId, GroupInstanceId = null, ProtocolType = "consumer", ProtocolName = ProtocolName, Assignments = [],
        };
        if (joined.Leader == joined.MemberId && !joined.SkipAssignment)
        {
            string[] members = [.. joined.Members.Select(member => member.MemberId.ToString()).Order(StringComparer.Ordinal)];
            for (int i = 0; i < members.Length; i++)
            {
                byte[] assigned = [.. Enumerable.Range(0, CoordinatorsRun.InputPartitions).Where(partition => partition % members.Length == i).Select(partition => (byte)partition)];
                request.Assignments.Add(new() { MemberId = members[i], Assignment = assigned });
            }
        }

        int known = group.Generation;
        var synced = await Client.CallAsync<SyncGroupResponse>(request, 5);
        if (synced.ErrorCode != ErrorCode.None)
        {
            Take("a sync", synced.ErrorCode);
            return;
        }

        Owned.Clear();
        foreach (byte partition in synced.Assignment.ToArray())
        {
            Owned.Add(partition);
        }

        Note($"owns {string.Join(", ", Owned)} in generation {joined.GenerationId}");
        Generation = joined.GenerationId;
        group.ClaimGeneration(Generation, known, _memberId, Owned);
    }
}
