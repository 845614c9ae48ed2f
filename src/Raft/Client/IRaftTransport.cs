namespace Moldau.Raft;

/// <summary>
/// What carries requests to other replicas. It knows their addresses, the wire versions and the cluster id. A single voter needs none. Any thread; it
/// never blocks,
/// and it ends each request by <see cref="RaftClient.Receive(long, RaftResponse)"/> or <see cref="RaftClient.SendFailed"/>.
/// </summary>
public interface IRaftTransport
{
    /// <summary>Sends to the replica, or to one of the bootstrap servers when <paramref name="to"/> is null.</summary>
    void Send(long correlationId, int? to, RaftRequest request);
}
