namespace Moldau.Raft;

/// <summary>What a leader knows of a replica that fetches from it. Times are those given to the core; -1 when it never happened.</summary>
internal sealed class ReplicaProgress(ReplicaKey key)
{
    public ReplicaKey Key { get; } = key;

    /// <summary>Everything below is synced there.</summary>
    public long EndOffset { get; private set; } = -1;

    public long LastFetchMs { get; private set; } = -1;

    public long LastCaughtUpMs { get; private set; } = -1;

    private long LeaderEndAtLastFetch { get; set; } = -1;

    public void Fetched(long fetchOffset, long leaderEndOffset, long nowMs)
    {
        // Caught up means: it has what the leader had at the fetch before; then it was up to date at that time (as for in-sync replicas).
        if (fetchOffset >= leaderEndOffset)
        {
            LastCaughtUpMs = Math.Max(LastCaughtUpMs, nowMs);
        }
        else if (LeaderEndAtLastFetch >= 0 && fetchOffset >= LeaderEndAtLastFetch)
        {
            LastCaughtUpMs = Math.Max(LastCaughtUpMs, LastFetchMs);
        }
        LeaderEndAtLastFetch = leaderEndOffset;
        LastFetchMs = Math.Max(LastFetchMs, nowMs);
        // A replica that lost its disk comes back with less under the same key: its word counts, also downwards.
        EndOffset = fetchOffset;
    }

    /// <summary>It asked for a snapshot, so it lives.</summary>
    public void Seen(long nowMs) => LastFetchMs = Math.Max(LastFetchMs, nowMs);
}
