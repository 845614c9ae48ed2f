using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class OffsetManager
{
    /// <summary>The newest state, and no offsets whose transactions are open: what clients get that ask for stable offsets (KIP-447).</summary>
    public const long Stable = long.MaxValue;

    /// <summary>OffsetFetch of the topics that the request names.</summary>
    /// <exception cref="CoordinatorException">The member may not read.</exception>
    public OffsetFetchResponse.OffsetFetchResponseGroup Fetch(OffsetFetchRequest.OffsetFetchRequestGroup request, long committedOffset)
    {
        var isReadable = IsReadable(request, committedOffset);
        var topics = isReadable ? TopicsOf(request.GroupId, committedOffset) : null;
        var response = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = request.GroupId };
        foreach (var topic in request.Topics!)
        {
            var partitions = topics is not null && topics.TryGetValue(topic.Name, committedOffset, out var found) ? found : null;
            var answer = new OffsetFetchResponse.OffsetFetchResponseTopics { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answer);
            foreach (var partition in topic.PartitionIndexes)
            {
                var offset = partitions is not null && partitions.TryGetValue(partition, committedOffset, out var known) ? known : null;
                answer.Partitions.Add(Answer(request.GroupId, topic.Name, topic.TopicId, partition, offset, isReadable && committedOffset == Stable));
            }
        }

        return response;
    }

    /// <summary>OffsetFetch of all that the group has.</summary>
    /// <exception cref="CoordinatorException">The member may not read.</exception>
    public OffsetFetchResponse.OffsetFetchResponseGroup FetchAll(OffsetFetchRequest.OffsetFetchRequestGroup request, long committedOffset)
    {
        var response = new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = request.GroupId };
        if (!IsReadable(request, committedOffset) || TopicsOf(request.GroupId, committedOffset) is not { } topics)
        {
            return response;
        }

        foreach (var (topic, partitions) in topics.At(committedOffset))
        {
            var answer = new OffsetFetchResponse.OffsetFetchResponseTopics { Name = topic };
            foreach (var (partition, offset) in partitions.At(committedOffset))
            {
                answer.Partitions.Add(Answer(request.GroupId, topic, default, partition, offset, committedOffset == Stable));
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    /// <summary>Whether the topic that an offset was committed for is another one than is meant, by ids where both are known.</summary>
    private static bool IsOfAnotherTopic(CommittedOffset offset, Uuid topicId) => topicId != default && offset.TopicId != default && offset.TopicId != topicId;

    private OffsetFetchResponse.OffsetFetchResponsePartitions Answer(
        GroupId group, TopicName topic, Uuid topicId, PartitionIndex partition, CommittedOffset? offset, bool mustBeStable)
    {
        if (mustBeStable && _open.Has(group, topic, partition))
        {
            return new() { PartitionIndex = partition, CommittedOffset = -1, CommittedLeaderEpoch = -1, Metadata = "", ErrorCode = ErrorCode.UnstableOffsetCommit };
        }

        return offset is null || IsOfAnotherTopic(offset, topicId)
            ? new() { PartitionIndex = partition, CommittedOffset = -1, CommittedLeaderEpoch = -1, Metadata = "" }
            : new() { PartitionIndex = partition, CommittedOffset = offset.Offset, CommittedLeaderEpoch = offset.LeaderEpoch, Metadata = offset.Metadata };
    }

    private TimelineDictionary<TopicName, TimelineDictionary<PartitionIndex, CommittedOffset>>? TopicsOf(GroupId group, long committedOffset) =>
        _offsets.Groups.TryGetValue(group, committedOffset, out var topics) ? topics : null;

    /// <summary>A group that does not exist has no offsets, which is an answer.</summary>
    private bool IsReadable(OffsetFetchRequest.OffsetFetchRequestGroup request, long committedOffset)
    {
        try
        {
            _groups.Require(request.GroupId, committedOffset).ValidateOffsetFetch(request.MemberId, request.MemberEpoch, committedOffset);
            return true;
        }
        catch (CoordinatorException refused) when (refused.Error == ErrorCode.GroupIdNotFound)
        {
            return false;
        }
    }
}
