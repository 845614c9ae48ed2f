using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination.Tests;

/// <summary>A consumer of the classic protocol as far as the group sees it: it joins, assigns when it leads, syncs, heartbeats and commits. Answers may be lost on their way to it.</summary>
internal sealed class SimulatedClassicMember(ClassicGroupHarness harness, string? instanceId, int partitions)
{
    private Task<JoinGroupResponse>? _joining;
    private Task<SyncGroupResponse>? _syncing;

    public string MemberId { get; private set; } = "";

    public int Generation { get; private set; } = -1;

    /// <summary>What it believes to own, in its generation.</summary>
    public IReadOnlyList<int> Owned { get; private set; } = [];

    public bool IsStable { get; private set; }

    /// <summary>Does the next thing that such a client does. With <paramref name="loses"/> an answer that is there does not reach it, and it asks again.</summary>
    public void Step(bool loses)
    {
        if (_joining is { IsCompleted: true } joined)
        {
            _joining = null;
            if (!loses)
            {
                OnJoined(ClassicGroupHarness.Answer(joined));
            }
        }
        else if (_syncing is { IsCompleted: true } synced)
        {
            _syncing = null;
            if (!loses)
            {
                OnSynced(ClassicGroupHarness.Answer(synced));
            }
        }
        else if (_joining is null && _syncing is null)
        {
            if (IsStable)
            {
                OnError(harness.Heartbeat(MemberId, Generation, instanceId), loses);
            }
            else
            {
                _joining = harness.BeginJoin(MemberId, instanceId, sessionMs: 6_000, rebalanceMs: 8_000);
            }
        }
    }

    /// <summary>Commits in its generation; whether it was let in.</summary>
    public bool Commit(long offset)
    {
        var error = harness.Commit(offset, MemberId, Generation, instanceId);
        OnError(error, loses: false);
        return error == ErrorCode.None;
    }

    /// <summary>The process ends and another begins: nothing is left but its instance id.</summary>
    public void Restart()
    {
        (_joining, _syncing) = (null, null);
        Forget();
    }

    private void OnJoined(JoinGroupResponse response)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            MemberId = response.ErrorCode == ErrorCode.MemberIdRequired ? response.MemberId : MemberId;
            OnError(response.ErrorCode, loses: false);
            return;
        }

        MemberId = response.MemberId;
        Generation = response.GenerationId;
        Owned = [];
        var assignments = new List<(string, string)>();
        if (!response.SkipAssignment)
        {
            for (var index = 0; index < response.Members.Count; index++)
            {
                var mine = Enumerable.Range(0, partitions).Where(partition => partition % response.Members.Count == index);
                assignments.Add((response.Members[index].MemberId, string.Join(',', mine)));
            }
        }

        _syncing = harness.BeginSync(MemberId, Generation, instanceId, response.ProtocolName, [.. assignments]);
    }

    private void OnSynced(SyncGroupResponse response)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            OnError(response.ErrorCode, loses: false);
            return;
        }

        var text = System.Text.Encoding.UTF8.GetString(response.Assignment.Span);
        Owned = text.Length == 0 ? [] : [.. text.Split(',').Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
        IsStable = true;
    }

    private void OnError(ErrorCode error, bool loses)
    {
        if (loses || error is ErrorCode.None or ErrorCode.NotEnoughReplicas)
        {
            return;
        }

        if (error is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
        {
            Forget();
            return;
        }

        // It keeps what it has until it has joined again, as eager consumers do not, but others may.
        IsStable = false;
        Owned = [];
    }

    private void Forget()
    {
        MemberId = "";
        Generation = -1;
        Owned = [];
        IsStable = false;
    }
}
