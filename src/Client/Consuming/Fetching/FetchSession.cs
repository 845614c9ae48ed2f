using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// What one broker knows of what this consumer fetches (KIP-227): requests name only what changed. Pure; the caller sees to it that one request is under way at a time. It follows topic
/// ids (KIP-516): a topic made anew under its name is another one.
/// </summary>
internal sealed class FetchSession
{
    private const int FinalEpoch = -1;
    private const int InitialEpoch = 0;

    private readonly Dictionary<TopicPartition, FetchTarget> _known = [];
    private readonly List<TopicPartition> _gone = [];
    private int _id;
    private int _epoch = InitialEpoch;

    /// <summary>Fills the request with what shall be fetched.</summary>
    public void Build(FetchRequest request, IReadOnlyDictionary<TopicPartition, FetchTarget> wanted)
    {
        request.SessionId = _id;
        request.SessionEpoch = _epoch;
        var isFull = _epoch is InitialEpoch or FinalEpoch;
        if (isFull)
        {
            _known.Clear();
        }

        foreach (var (partition, target) in wanted)
        {
            if (_known.TryGetValue(partition, out var known))
            {
                if (known == target)
                {
                    continue;
                }

                if (known.TopicId != target.TopicId)
                {
                    Forget(request, partition, known);
                }
            }

            _known[partition] = target;
            Add(request, partition, target);
        }

        if (isFull)
        {
            return;
        }

        _gone.Clear();
        foreach (var (partition, known) in _known)
        {
            if (!wanted.ContainsKey(partition))
            {
                _gone.Add(partition);
                Forget(request, partition, known);
            }
        }

        _gone.ForEach(partition => _known.Remove(partition));
    }

    /// <summary>Takes the answer as a whole; false when the broker has lost the session, or never had it: the next request says everything.</summary>
    public bool Handle(FetchResponse response)
    {
        if (response.ErrorCode != ErrorCode.None)
        {
            _id = response.ErrorCode == ErrorCode.FetchSessionIdNotFound ? 0 : _id;
            _epoch = InitialEpoch;
            return false;
        }

        _id = response.SessionId;
        _epoch = _id == 0 ? InitialEpoch : _epoch == int.MaxValue ? 1 : _epoch + 1;
        return true;
    }

    /// <summary>Whether the broker got the request is not known: the next one opens a new session in place of the old.</summary>
    public void HandleNoAnswer() => _epoch = InitialEpoch;

    private static void Add(FetchRequest request, TopicPartition partition, FetchTarget target)
    {
        var last = request.Topics.Count > 0 ? request.Topics[^1] : null;
        if (last is null || last.Topic != partition.Topic)
        {
            last = new FetchRequest.FetchTopic { Topic = partition.Topic, TopicId = target.TopicId };
            request.Topics.Add(last);
        }

        last.Partitions.Add(new FetchRequest.FetchPartition
        {
            Partition = partition.Partition,
            CurrentLeaderEpoch = target.LeaderEpoch,
            FetchOffset = target.Offset,
            PartitionMaxBytes = target.BytesMax,
        });
    }

    private static void Forget(FetchRequest request, TopicPartition partition, FetchTarget known)
    {
        var last = request.ForgottenTopicsData.Count > 0 ? request.ForgottenTopicsData[^1] : null;
        if (last is null || last.Topic != partition.Topic || last.TopicId != known.TopicId)
        {
            last = new FetchRequest.ForgottenTopic { Topic = partition.Topic, TopicId = known.TopicId };
            request.ForgottenTopicsData.Add(last);
        }

        last.Partitions.Add(partition.Partition);
    }
}
