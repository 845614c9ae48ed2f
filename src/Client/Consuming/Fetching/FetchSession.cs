using System.Runtime.InteropServices;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// What one broker knows of what this consumer fetches (KIP-227): requests name only what changed. Pure; the caller sees to it that one request is under way at a time. It follows topic
/// ids (KIP-516): a topic made anew under its name is another one. The parts of a request are used again: <see cref="Clear"/> takes them out of it when it is written.
/// </summary>
internal sealed class FetchSession
{
    private const int FinalEpoch = -1;
    private const int InitialEpoch = 0;

    private readonly Dictionary<TopicPartition, (FetchTarget Target, long Round)> _known = [];
    private readonly List<TopicPartition> _gone = [];
    private readonly Stack<FetchRequest.FetchTopic> _spareTopics = [];
    private readonly Stack<FetchRequest.FetchPartition> _sparePartitions = [];
    private readonly Stack<FetchRequest.ForgottenTopic> _spareForgotten = [];
    private long _round;
    private int _id;
    private int _epoch = InitialEpoch;

    /// <summary>Fills the request, which has nothing in it yet, with what shall be fetched; each partition is named once.</summary>
    public void Build(FetchRequest request, List<(TopicPartition Partition, FetchTarget Target)> wanted)
    {
        request.SessionId = _id;
        request.SessionEpoch = _epoch;
        _round++;
        var isFull = _epoch is InitialEpoch or FinalEpoch;
        if (isFull)
        {
            _known.Clear();
        }

        foreach (var (partition, target) in wanted)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, partition, out var isKnown);
            known.Round = _round;
            if (isKnown && known.Target == target)
            {
                continue;
            }

            if (isKnown && known.Target.TopicId != target.TopicId)
            {
                Forget(request, partition, known.Target);
            }

            known.Target = target;
            Add(request, partition, target);
        }

        if (_known.Count > wanted.Count)
        {
            ForgetOthers(request);
        }
    }

    /// <summary>Takes all out of a request that this session has filled.</summary>
    public void Clear(FetchRequest request)
    {
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                _sparePartitions.Push(partition);
            }

            topic.Partitions.Clear();
            _spareTopics.Push(topic);
        }

        foreach (var topic in request.ForgottenTopicsData)
        {
            topic.Partitions.Clear();
            _spareForgotten.Push(topic);
        }

        request.Topics.Clear();
        request.ForgottenTopicsData.Clear();
    }

    /// <summary>Takes the answer as a whole; false when the broker has lost the session, or never had it: the next request says everything.</summary>
    public bool Handle(ErrorCode error, int sessionId)
    {
        if (error != ErrorCode.None)
        {
            _id = error == ErrorCode.FetchSessionIdNotFound ? 0 : _id;
            _epoch = InitialEpoch;
            return false;
        }

        _id = sessionId;
        _epoch = _id == 0 ? InitialEpoch : _epoch == int.MaxValue ? 1 : _epoch + 1;
        return true;
    }

    /// <summary>Whether the broker got the request is not known: the next one opens a new session in place of the old.</summary>
    public void HandleNoAnswer() => _epoch = InitialEpoch;

    private void ForgetOthers(FetchRequest request)
    {
        _gone.Clear();
        foreach (var (partition, known) in _known)
        {
            if (known.Round != _round)
            {
                _gone.Add(partition);
                Forget(request, partition, known.Target);
            }
        }

        foreach (var partition in _gone)
        {
            _known.Remove(partition);
        }
    }

    private void Add(FetchRequest request, TopicPartition partition, FetchTarget target)
    {
        var last = request.Topics.Count > 0 ? request.Topics[^1] : null;
        if (last is null || last.Topic != partition.Topic)
        {
            last = _spareTopics.TryPop(out var spare) ? spare : new FetchRequest.FetchTopic();
            (last.Topic, last.TopicId) = (partition.Topic, target.TopicId);
            request.Topics.Add(last);
        }

        var asked = _sparePartitions.TryPop(out var used) ? used : new FetchRequest.FetchPartition();
        asked.Partition = partition.Partition;
        asked.CurrentLeaderEpoch = target.LeaderEpoch;
        asked.FetchOffset = target.Offset;
        asked.PartitionMaxBytes = target.BytesMax;
        last.Partitions.Add(asked);
    }

    private void Forget(FetchRequest request, TopicPartition partition, FetchTarget known)
    {
        var last = request.ForgottenTopicsData.Count > 0 ? request.ForgottenTopicsData[^1] : null;
        if (last is null || last.Topic != partition.Topic || last.TopicId != known.TopicId)
        {
            last = _spareForgotten.TryPop(out var spare) ? spare : new FetchRequest.ForgottenTopic();
            (last.Topic, last.TopicId) = (partition.Topic, known.TopicId);
            request.ForgottenTopicsData.Add(last);
        }

        last.Partitions.Add(partition.Partition);
    }
}
