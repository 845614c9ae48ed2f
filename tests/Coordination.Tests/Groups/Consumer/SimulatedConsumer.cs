using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination.Tests;

/// <summary>
/// A consumer as clients implement KIP-848: it says what it has when that changes, everything after an error, gives up before it takes, and drops what it has when it is fenced.
/// </summary>
public sealed class SimulatedConsumer(string memberId, string[] topics)
{
    private bool _saysAll = true;
    private PartitionSet? _lastTarget;

    public string MemberId => memberId;

    public int Epoch { get; private set; }

    /// <summary>What it believes it has.</summary>
    public PartitionSet Owned { get; private set; } = PartitionSet.Empty;

    /// <summary>What it works towards; null when it has nothing to do.</summary>
    public PartitionSet? Target { get; private set; }

    public string[] Topics { get; private set; } = topics;

    public bool HasLeft { get; private set; }

    /// <summary>
    /// It has said what it has while it was about to take more, and there was no answer: the coordinator may have taken back what it is about to take, and it hears so with the next answer
    /// only. Java's client and Apache Kafka's coordinator have the same window, in which the coordinator knows the member in a later epoch.
    /// </summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>What it would send now.</summary>
    public ConsumerGroupHeartbeatRequest Next()
    {
        var request = Epoch == 0 ? ConsumerGroupHarness.JoinRequest(memberId, Topics) : ConsumerGroupHarness.Beat(memberId, Epoch, _saysAll ? Owned : null);
        if (_saysAll)
        {
            request.RebalanceTimeoutMs = 10_000;
            request.SubscribedTopicNames = [.. Topics.Select(topic => new TopicName(topic))];
        }

        return request;
    }

    /// <summary>
    /// It gives up what is not in its target; only then does it say so, and take the rest. As Java's client, it acknowledges each target that differs from the one before it, also one that
    /// leads back to what it has: the coordinator may wait for that word, because a target in between took something away.
    /// </summary>
    public void Reconcile()
    {
        if (Target is { } target)
        {
            _saysAll = true;
            Owned = target;
            Target = null;
        }
    }

    public void Subscribe(string[] to)
    {
        Topics = to;
        _saysAll = true;
    }

    public void Leave() => HasLeft = true;

    /// <summary>The answer has come.</summary>
    public void Take(ConsumerGroupHeartbeatResponse response)
    {
        response.MemberId.ShouldBe(memberId);
        response.MemberEpoch.ShouldBeGreaterThanOrEqualTo(Epoch, "G3: the epoch of a member does not go back");
        Epoch = response.MemberEpoch;
        _saysAll = false;
        IsInDoubt = false;
        if (ConsumerGroupHarness.AssignmentOf(response) is { } assignment && !assignment.Equals(_lastTarget))
        {
            Target = assignment;
            _lastTarget = assignment;
        }
    }

    /// <summary>There was no answer, or an error that passes: it says everything with the next request.</summary>
    public void TakeNothing()
    {
        IsInDoubt |= _saysAll && Target is not null;
        _saysAll = true;
    }

    /// <summary>It is fenced: it has nothing any more and joins again.</summary>
    public void TakeFenced()
    {
        Owned = PartitionSet.Empty;
        Target = null;
        _lastTarget = null;
        IsInDoubt = false;
        Epoch = 0;
        _saysAll = true;
    }
}
