using Moldau.Core;

namespace Moldau.Broker.Fetching;

/// <summary>
/// An incremental fetch session (KIP-227): the partitions that one fetcher reads, in the order in which they are served. A partition that had data moves to the end,
/// so that no busy one starves the others when the answer is full. All members but the constants are used under <see cref="Gate"/>.
/// </summary>
internal sealed class FetchSession
{
    /// <summary>The session id of requests without a session.</summary>
    public const int NoSession = 0;

    /// <summary>Asks for a new session.</summary>
    public const int InitialEpoch = 0;

    /// <summary>Ends a session, or goes without one.</summary>
    public const int FinalEpoch = -1;

    private readonly Dictionary<FetchPartitionKey, LinkedListNode<FetchPartition>> _byKey = [];
    private readonly LinkedList<FetchPartition> _order = new();

    public FetchSession(int id, bool fromFollower, bool usesTopicIds, long createdMs, IEnumerable<FetchPartition> partitions)
    {
        Id = id;
        FromFollower = fromFollower;
        UsesTopicIds = usesTopicIds;
        CreatedMs = createdMs;
        LastUsedMs = createdMs;
        Epoch = NextEpoch(InitialEpoch);
        foreach (var partition in partitions)
        {
            Add(partition);
        }
    }

    public Lock Gate { get; } = new();

    /// <summary>Positive, unique among the sessions of the node.</summary>
    public int Id { get; }

    /// <summary>A follower's session: consumers' sessions make room for it.</summary>
    public bool FromFollower { get; }

    public bool UsesTopicIds { get; }

    public long CreatedMs { get; }

    /// <summary>When the cache last filed this session by its use; use within a second after does not file it again.</summary>
    public long LastUsedMs { get; set; }

    /// <summary>The epoch that the next request must bear; 1 follows the largest.</summary>
    public int Epoch { get; set; }

    public int Count => _order.Count;

    /// <summary>The number of partitions when the cache last filed this session; kept so that it can be found again in sorted order.</summary>
    public int FiledCount { get; set; } = -1;

    public static int NextEpoch(int epoch) => epoch switch
    {
        < 0 => FinalEpoch,
        int.MaxValue => 1,
        _ => epoch + 1,
    };

    /// <summary>Adds the partitions in serving order, as they are now.</summary>
    public void CopyTo(List<FetchPartition> partitions)
    {
        for (var node = _order.First; node is not null; node = node.Next)
        {
            partitions.Add(node.Value);
        }
    }

    public void Update(List<FetchPartition> requested, List<FetchPartitionKey> forgotten)
    {
        foreach (var request in requested)
        {
            if (_byKey.TryGetValue(request.Key, out var known))
            {
                known.Value.TakeRequest(request);
            }
            else
            {
                Add(request);
            }
        }

        foreach (var key in forgotten)
        {
            if (_byKey.Remove(key, out var node))
            {
                _order.Remove(node);
            }
        }
    }

    /// <summary>
    /// Whether the answer must name the partition: it has data, an error, or something that the client was not told yet. Notes what is sent and moves a partition with data to the end.
    /// </summary>
    public bool TakeResponse(FetchPartition partition, in FetchOutcome outcome)
    {
        var mustSend = outcome.RecordsSizeBytes > 0 || outcome.HasPreferredReadReplica || outcome.HasDivergingEpoch || outcome.HasError
            || partition.SentHighWatermark != outcome.HighWatermark || partition.SentLogStartOffset != outcome.LogStartOffset;
        if (!mustSend)
        {
            return false;
        }

        // After an error the next good answer must be sent even when nothing else changed.
        partition.SentHighWatermark = outcome.HasError ? -1 : outcome.HighWatermark;
        partition.SentLogStartOffset = outcome.LogStartOffset;
        if (outcome.RecordsSizeBytes > 0 && _byKey.TryGetValue(partition.Key, out var node))
        {
            _order.Remove(node);
            _order.AddLast(node);
        }

        return true;
    }

    private void Add(FetchPartition partition)
    {
        // A request may name a partition twice: as in Kafka the last one counts.
        if (_byKey.TryGetValue(partition.Key, out var known))
        {
            known.Value.TakeRequest(partition);
        }
        else
        {
            _byKey.Add(partition.Key, _order.AddLast(partition.Copy()));
        }
    }
}
