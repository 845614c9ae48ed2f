using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Broker.Fetching;

/// <summary>
/// The sessions of a node, at most `max.incremental.fetch.session.cache.slots`. When all are taken, a newcomer replaces a session unused for `evictionMs`, else one of less worth
/// (consumers before followers, fewer partitions before more) that is older than that; else it goes without (KIP-227). Thread safe. Lock order: cache, then session.
/// </summary>
internal sealed class FetchSessionCache(int sessionsMax, long evictionMs, IEntropy entropy)
{
    /// <summary>Sessions are in use all the time: their place in the order of use is a second old at most.</summary>
    private const long FilingMs = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];
    private readonly SortedSet<(long LastUsedMs, int Id)> _byLastUse = [];
    private readonly SortedSet<(bool FromFollower, int Partitions, int Id)> _evictableByAll = [];
    private readonly SortedSet<(bool FromFollower, int Partitions, int Id)> _evictableByFollowers = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Sessions that had to go for others since the start.</summary>
    public long Evictions { get; private set; }

    public FetchSession? Find(int id)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(id);
        }
    }

    /// <summary>A new session over <paramref name="partitions"/>, or null when no slot can be had.</summary>
    public FetchSession? TryCreate(long nowMs, bool fromFollower, bool usesTopicIds, IReadOnlyCollection<FetchPartition> partitions)
    {
        lock (_gate)
        {
            if (_sessions.Count >= sessionsMax && !TryEvict(nowMs, (fromFollower, partitions.Count, 0)))
            {
                return null;
            }

            var session = new FetchSession(NewId(), fromFollower, usesTopicIds, nowMs, partitions);
            _sessions.Add(session.Id, session);
            lock (session.Gate)
            {
                File(session, nowMs);
            }

            return session;
        }
    }

    public void Remove(int id)
    {
        lock (_gate)
        {
            RemoveLocked(id);
        }
    }

    /// <summary>Notes that the session was used and how many partitions it has by now.</summary>
    public void Touch(FetchSession session, long nowMs)
    {
        lock (_gate)
        {
            lock (session.Gate)
            {
                if ((nowMs - session.LastUsedMs >= FilingMs || session.Count != session.FiledCount) && _sessions.ContainsKey(session.Id))
                {
                    Unfile(session);
                    File(session, nowMs);
                }
            }
        }
    }

    private bool TryEvict(long nowMs, (bool FromFollower, int Partitions, int Id) newcomer)
    {
        if (_byLastUse.Count == 0)
        {
            return false;
        }

        var (lastUsedMs, oldest) = _byLastUse.Min;
        if (nowMs - lastUsedMs > evictionMs)
        {
            Evict(oldest);
            return true;
        }

        var candidates = newcomer.FromFollower ? _evictableByFollowers : _evictableByAll;
        if (candidates.Count == 0 || newcomer.CompareTo(candidates.Min) < 0)
        {
            return false;
        }

        Evict(candidates.Min.Id);
        return true;
    }

    private void Evict(int id)
    {
        RemoveLocked(id);
        Evictions++;
    }

    private void RemoveLocked(int id)
    {
        if (_sessions.Remove(id, out var session))
        {
            lock (session.Gate)
            {
                Unfile(session);
            }
        }
    }

    private void File(FetchSession session, long nowMs)
    {
        session.LastUsedMs = nowMs;
        session.FiledCount = session.Count;
        _byLastUse.Add((nowMs, session.Id));
        var key = (session.FromFollower, session.FiledCount, session.Id);
        var settled = nowMs - session.CreatedMs > evictionMs;
        if (!session.FromFollower || settled)
        {
            _evictableByFollowers.Add(key);
        }

        if (settled)
        {
            _evictableByAll.Add(key);
        }
    }

    private void Unfile(FetchSession session)
    {
        var key = (session.FromFollower, session.FiledCount, session.Id);
        _byLastUse.Remove((session.LastUsedMs, session.Id));
        _evictableByFollowers.Remove(key);
        _evictableByAll.Remove(key);
    }

    private int NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        int id;
        do
        {
            entropy.Fill(bytes);
            id = BitConverter.ToInt32(bytes) & int.MaxValue;
        }
        while (id == FetchSession.NoSession || _sessions.ContainsKey(id));

        return id;
    }
}
