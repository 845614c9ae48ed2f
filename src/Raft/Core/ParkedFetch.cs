namespace Moldau.Raft;

/// <summary>A fetch that found nothing new and waits at the leader.</summary>
internal readonly record struct ParkedFetch(long RequestId, RaftRequest.Fetch Request, long DeadlineMs);
