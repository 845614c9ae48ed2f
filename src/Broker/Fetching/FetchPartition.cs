using Moldau.Core;

namespace Moldau.Broker.Fetching;

/// <summary>
/// One partition of a fetch: what the client asks for, and what it was last told. An incremental session (KIP-227) keeps these between requests and sends only what changed;
/// without a session they live for one request. Guarded by the lock of the session that owns it.
/// </summary>
internal sealed class FetchPartition
{
    public Uuid TopicId { get; private set; }

    /// <summary>Null while the topic id is unknown here; a session asks again at each request, as the topic may be on its way.</summary>
    public string? TopicName { get; set; }

    public int Partition { get; private set; }

    /// <summary>The leader epoch that the client knows, or -1.</summary>
    public int CurrentLeaderEpoch { get; set; } = -1;

    public long FetchOffset { get; set; }

    /// <summary>The epoch of the last batch that a follower has, or -1: the leader then looks for divergence (KIP-595).</summary>
    public int LastFetchedEpoch { get; set; } = -1;

    /// <summary>A follower's log start offset; -1 from consumers.</summary>
    public long FetcherLogStartOffset { get; set; } = -1;

    public int MaxBytes { get; set; }

    /// <summary>The high watermark last sent in this session; -1 makes the next answer include the partition.</summary>
    public long SentHighWatermark { get; set; } = -1;

    public long SentLogStartOffset { get; set; } = -1;

    public FetchPartitionKey Key => FetchPartitionKey.Of(TopicId, TopicName, Partition);

    /// <summary>Makes it a row of another request; its offsets are set by the caller.</summary>
    public void Begin(Uuid topicId, string? topicName, int partition)
    {
        TopicId = topicId;
        TopicName = topicName;
        Partition = partition;
        SentHighWatermark = -1;
        SentLogStartOffset = -1;
    }

    /// <summary>For a session, which keeps it when the request is gone.</summary>
    public FetchPartition Copy() => (FetchPartition)MemberwiseClone();

    /// <summary>Takes over what a later request of the session asks for.</summary>
    public void TakeRequest(FetchPartition request)
    {
        CurrentLeaderEpoch = request.CurrentLeaderEpoch;
        FetchOffset = request.FetchOffset;
        LastFetchedEpoch = request.LastFetchedEpoch;
        FetcherLogStartOffset = request.FetcherLogStartOffset;
        MaxBytes = request.MaxBytes;
    }
}
