namespace Moldau.Raft;

/// <summary>One request in flight to each peer, with its timeout, and a pause after a failure.</summary>
internal sealed class PeerRequests(int requestTimeoutMs, int retryBackoffMs)
{
    private readonly Dictionary<int, Peer> _peers = [];
    private long _nextCorrelationId;

    /// <summary>The earliest time at which a request times out or a pause ends, of those after <paramref name="nowMs"/>.</summary>
    public long NextDeadlineMs(long nowMs)
    {
        long next = long.MaxValue;
        foreach (Peer peer in _peers.Values)
        {
            long at = peer.CorrelationId is null ? peer.BackoffUntilMs : peer.SentMs + requestTimeoutMs;
            next = at > nowMs && at < next ? at : next;
        }
        return next;
    }

    /// <summary>True when the peer can be asked now. A request that is overdue is given up.</summary>
    public bool IsReady(int id, long nowMs)
    {
        if (!_peers.TryGetValue(id, out Peer? peer))
        {
            return true;
        }
        if (peer.CorrelationId is not null && nowMs >= peer.SentMs + requestTimeoutMs)
        {
            peer.CorrelationId = null;
        }
        return peer.CorrelationId is null && nowMs >= peer.BackoffUntilMs;
    }

    public long Sent(int id, long nowMs)
    {
        if (!_peers.TryGetValue(id, out Peer? peer))
        {
            _peers.Add(id, peer = new Peer());
        }
        peer.SentMs = nowMs;
        peer.CorrelationId = ++_nextCorrelationId;
        return _nextCorrelationId;
    }

    /// <summary>Ends the request; false when it was given up or forgotten before, and its answer means nothing any more.</summary>
    public bool TryComplete(long correlationId, bool failed, long nowMs, out int id)
    {
        foreach (KeyValuePair<int, Peer> entry in _peers)
        {
            if (entry.Value.CorrelationId == correlationId)
            {
                id = entry.Key;
                entry.Value.CorrelationId = null;
                entry.Value.BackoffUntilMs = failed ? nowMs + retryBackoffMs : nowMs;
                return true;
            }
        }
        id = -1;
        return false;
    }

    public void Backoff(int id, long nowMs)
    {
        if (_peers.TryGetValue(id, out Peer? peer))
        {
            peer.BackoffUntilMs = nowMs + retryBackoffMs;
        }
    }

    /// <summary>Forgets everything under way: answers to what an earlier role asked are of no interest.</summary>
    public void Reset() => _peers.Clear();

    private sealed class Peer
    {
        public long? CorrelationId { get; set; }

        public long SentMs { get; set; }

        public long BackoffUntilMs { get; set; }
    }
}
