using Moldau.Core;

namespace Moldau.Client;

/// <summary>What is fetched from one broker: its session, and what the request under way has asked for. Under the consumer's gate, but for the one loop that runs while it is busy.</summary>
internal sealed class NodeFetcher(int nodeId)
{
    public int NodeId => nodeId;

    public FetchSession Session { get; } = new();

    /// <summary>Whether its loop runs.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Failures in a row; the next attempt waits by them.</summary>
    public int Failures { get; set; }

    public long RetryAtMs { get; set; }

    /// <summary>What the request asks for, by partition.</summary>
    public Dictionary<TopicPartition, FetchTarget> Wanted { get; } = [];

    /// <summary>Whose it was when it was asked.</summary>
    public Dictionary<TopicPartition, (PartitionState State, int Incarnation)> Asked { get; } = [];
}
