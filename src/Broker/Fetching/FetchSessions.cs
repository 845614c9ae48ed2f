using Moldau.Protocol;

namespace Moldau.Broker.Fetching;

/// <summary>Finds or opens the session that a fetch request names (KIP-227, KIP-516). Thread safe.</summary>
internal sealed class FetchSessions(FetchSessionCache cache, TimeProvider time)
{
    /// <param name="sessionId">The request's session id; 0 without one.</param>
    /// <param name="epoch">The request's session epoch; 0 asks for a new session, -1 for none.</param>
    /// <param name="usesTopicIds">The request names topics by id (v13 and up).</param>
    /// <param name="fromFollower">The request comes from a replica.</param>
    /// <param name="requested">The partitions that the request names.</param>
    /// <param name="forgotten">The partitions that it takes out of the session.</param>
    /// <param name="served">An empty list for the partitions of a session.</param>
    public FetchContext Open(
        int sessionId, int epoch, bool usesTopicIds, bool fromFollower, List<FetchPartition> requested, List<FetchPartitionKey> forgotten, List<FetchPartition> served)
    {
        if (epoch is FetchSession.InitialEpoch or FetchSession.FinalEpoch)
        {
            if (sessionId != FetchSession.NoSession)
            {
                cache.Remove(sessionId);
            }

            return epoch == FetchSession.FinalEpoch
                ? FetchContext.WithoutSession(requested)
                : FetchContext.ForNewSession(cache, requested, fromFollower, usesTopicIds);
        }

        var session = cache.Find(sessionId);
        if (session is null)
        {
            return FetchContext.Failed(ErrorCode.FetchSessionIdNotFound);
        }

        FetchContext context;
        lock (session.Gate)
        {
            if (session.UsesTopicIds != usesTopicIds)
            {
                return FetchContext.Failed(ErrorCode.FetchSessionTopicIdError);
            }

            if (session.Epoch != epoch)
            {
                return FetchContext.Failed(ErrorCode.InvalidFetchSessionEpoch);
            }

            session.Update(requested, forgotten);
            session.Epoch = FetchSession.NextEpoch(session.Epoch);
            session.CopyTo(served);
            context = served.Count == 0 ? FetchContext.WithoutSession(served) : FetchContext.ForSession(session, served);
        }

        if (context.Partitions.Count == 0)
        {
            cache.Remove(session.Id);
        }
        else
        {
            cache.Touch(session, NowMs());
        }

        return context;
    }

    public long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
