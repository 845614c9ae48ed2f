using System.Collections.Concurrent;
using Moldau.Metadata;

namespace Moldau.Controller;

/// <summary>
/// The sessions of brokers with the active controller. Soft state: a new controller gives every live broker a full session. Used on the controller's
/// queue only; managers read it.
/// </summary>
/// <param name="timeoutMs">broker.session.timeout.ms.</param>
/// <param name="ownBrokerId">
/// The broker in the controller's own process; null when there is none. Its earlier incarnation cannot live, as this process holds the locks of its directories: after a crash it need not
/// wait for a session to run out (Apache Kafka waits).
/// </param>
public sealed class BrokerSessions(long timeoutMs, int? ownBrokerId = null)
{
    private readonly Dictionary<int, BrokerSession> _sessions = [];
    private readonly ConcurrentDictionary<int, (int Waiting, long AnsweredMs)> _heartbeats = new();

    public BrokerSession? Find(int brokerId) => _sessions.GetValueOrDefault(brokerId);

    public bool IsValid(int brokerId, long nowMs) => Find(brokerId) is { } session && nowMs < session.LastContactMs + timeoutMs;

    /// <summary>A heartbeat has come, and waits for its turn and its answer: until then its broker is not silent, however long this controller takes. Any thread.</summary>
    internal void BeginContact(int brokerId) => _heartbeats.AddOrUpdate(brokerId, (1, 0), static (_, known) => (known.Waiting + 1, known.AnsweredMs));

    /// <summary>It has been answered. Any thread.</summary>
    internal void EndContact(int brokerId, long nowMs) =>
        _heartbeats.AddOrUpdate(brokerId, static (_, now) => (0, now), static (_, known, now) => (known.Waiting - 1, now), nowMs);

    /// <summary>An unfenced broker that was not heard of for the whole timeout, the longest silent first; null when there is none.</summary>
    public BrokerRegistration? FindStale(MetadataImage image, long nowMs)
    {
        BrokerRegistration? stale = null;
        long oldest = long.MaxValue;
        foreach (BrokerRegistration broker in image.Cluster.Brokers.Values)
        {
            if (!broker.Fenced && Find(broker.Id) is { } session && nowMs >= session.LastContactMs + timeoutMs && session.LastContactMs < oldest
                && !IsInContact(broker.Id, nowMs))
            {
                stale = broker;
                oldest = session.LastContactMs;
            }
        }

        return stale;
    }

    private bool IsInContact(int brokerId, long nowMs) =>
        _heartbeats.TryGetValue(brokerId, out (int Waiting, long AnsweredMs) known) && (known.Waiting > 0 || nowMs < known.AnsweredMs + timeoutMs);

    /// <summary>How far the slowest of the brokers that serve has read the metadata log.</summary>
    public long LowestActiveOffset(MetadataImage image)
    {
        long lowest = long.MaxValue;
        foreach (BrokerRegistration broker in image.Cluster.Brokers.Values)
        {
            if (!broker.Fenced && !broker.InControlledShutdown)
            {
                lowest = Math.Min(lowest, Find(broker.Id)?.MetadataOffset ?? -1);
            }
        }

        return lowest;
    }

    internal BrokerSession Open(int brokerId, long nowMs)
    {
        var session = new BrokerSession { LastContactMs = nowMs };
        _sessions[brokerId] = session;
        return session;
    }

    internal void Touch(int brokerId, long nowMs, long metadataOffset)
    {
        BrokerSession session = Find(brokerId) ?? Open(brokerId, nowMs);
        session.LastContactMs = nowMs;
        session.MetadataOffset = metadataOffset;
    }

    internal void Remove(int brokerId) => _sessions.Remove(brokerId);

    /// <summary>A controller that becomes active knows no sessions: every broker of another process starts with a whole one.</summary>
    internal void Reset(MetadataImage image, long nowMs)
    {
        _sessions.Clear();
        foreach (BrokerRegistration broker in image.Cluster.Brokers.Values)
        {
            if (broker.Id != ownBrokerId)
            {
                Open(broker.Id, nowMs).RegistrationOffset = broker.Epoch;
            }
        }
    }
}
