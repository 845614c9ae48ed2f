using System.Runtime.InteropServices;
using Moldau.Protocol;

namespace Moldau.Broker.Fetching;

/// <summary>
/// One fetch request seen through its session: which partitions it reads, and which of the results go into the answer. Made by <see cref="FetchSessions.Open"/>, used for one request.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct FetchContext
{
    private static readonly List<FetchPartition> Nothing = [];
    private readonly FetchSessionCache? _cache;
    private readonly FetchSession? _session;
    private readonly int _expectedEpoch;
    private readonly bool _fromFollower;
    private readonly bool _usesTopicIds;

    private FetchContext(
        ErrorCode error, List<FetchPartition> partitions, FetchSessionCache? cache, FetchSession? session, int expectedEpoch, bool fromFollower, bool usesTopicIds)
    {
        Error = error;
        Partitions = partitions;
        _cache = cache;
        _session = session;
        _expectedEpoch = expectedEpoch;
        _fromFollower = fromFollower;
        _usesTopicIds = usesTopicIds;
    }

    /// <summary>Anything but None: the session is wrong, nothing is read, and the answer bears only this.</summary>
    public ErrorCode Error { get; }

    /// <summary>What to read, in this order.</summary>
    public List<FetchPartition> Partitions { get; }

    public static FetchContext Failed(ErrorCode error) => new(error, Nothing, null, null, 0, false, false);

    public static FetchContext WithoutSession(List<FetchPartition> partitions) => new(ErrorCode.None, partitions, null, null, 0, false, false);

    public static FetchContext ForNewSession(FetchSessionCache cache, List<FetchPartition> partitions, bool fromFollower, bool usesTopicIds) =>
        new(ErrorCode.None, partitions, cache, null, 0, fromFollower, usesTopicIds);

    public static FetchContext ForSession(FetchSession session, List<FetchPartition> partitions) =>
        new(ErrorCode.None, partitions, null, session, session.Epoch, false, session.UsesTopicIds);

    /// <summary>
    /// Decides what is sent: <paramref name="send"/> gets a flag for each of <see cref="Partitions"/>. Returns the session id and error of the answer.
    /// Called once, when the results are final.
    /// </summary>
    public (ErrorCode Error, int SessionId) Complete(ReadOnlySpan<FetchOutcome> outcomes, Span<bool> send, long nowMs)
    {
        if (_session is not null)
        {
            lock (_session.Gate)
            {
                if (_session.Epoch != _expectedEpoch)
                {
                    send.Clear();
                    return (ErrorCode.InvalidFetchSessionEpoch, _session.Id);
                }

                for (var i = 0; i < outcomes.Length; i++)
                {
                    send[i] = _session.TakeResponse(Partitions[i], outcomes[i]);
                }

                return (ErrorCode.None, _session.Id);
            }
        }

        send.Fill(true);
        if (_cache is null)
        {
            return (Error, FetchSession.NoSession);
        }

        for (var i = 0; i < outcomes.Length; i++)
        {
            Partitions[i].SentHighWatermark = outcomes[i].HasError ? -1 : outcomes[i].HighWatermark;
            Partitions[i].SentLogStartOffset = outcomes[i].LogStartOffset;
        }

        var created = _cache.TryCreate(nowMs, _fromFollower, _usesTopicIds, Partitions);
        return (ErrorCode.None, created?.Id ?? FetchSession.NoSession);
    }
}
