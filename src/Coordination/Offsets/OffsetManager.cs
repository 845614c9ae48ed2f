using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>
/// The committed offsets of a shard's groups, and those of open transactions. Operations return records; <see cref="Replay"/> alone changes the state. For the shard's thread alone.
/// </summary>
public sealed partial class OffsetManager
{
    private readonly GroupTable _groups;
    private readonly TimeProvider _time;
    private readonly Func<GroupCoordinatorOptions> _options;
    private readonly GroupMetrics _metrics;
    private readonly SnapshotRegistry _snapshots;
    private readonly OffsetStore _offsets;
    private readonly TimelineDictionary<long, OffsetStore> _pending;
    private readonly OpenTransactions _open;

    internal OffsetManager(SnapshotRegistry snapshots, GroupTable groups, TimeProvider time, Func<GroupCoordinatorOptions> options, GroupMetrics metrics)
    {
        _snapshots = snapshots;
        _groups = groups;
        _time = time;
        _options = options;
        _metrics = metrics;
        _offsets = new(snapshots);
        _pending = new(snapshots);
        _open = new(snapshots);
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The newest committed offset, whether in the log of all replicas or not; null for none.</summary>
    public CommittedOffset? Find(GroupId group, TopicName topic, PartitionIndex partition) => _offsets.Find(group, topic, partition);

    /// <summary>OffsetCommit, for topics that exist.</summary>
    /// <exception cref="CoordinatorException">The member may not commit.</exception>
    public CoordinatorResult<OffsetCommitResponse> Commit(GroupRequest sender, OffsetCommitRequest request, Group group)
    {
        var check = group.ValidateOffsetCommit(request.MemberId, request.GroupInstanceId, request.GenerationIdOrMemberEpoch, false, sender.ApiVersion);
        var response = new OffsetCommitResponse();
        var records = new List<CoordinatorRecord>();
        var nowMs = NowMs;
        var expireMs = request.RetentionTimeMs == -1 ? default(long?) : nowMs + request.RetentionTimeMs;
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answer);
            foreach (var partition in topic.Partitions)
            {
                var error = Judge(partition.CommittedMetadata, check, topic.Name, topic.TopicId, partition.PartitionIndex);
                answer.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error });
                if (error == ErrorCode.None)
                {
                    var offset = new CommittedOffset(
                        -1, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata ?? "", nowMs, expireMs, topic.TopicId);
                    records.Add(GroupRecords.Offset(request.GroupId, topic.Name, partition.PartitionIndex, offset));
                }
            }
        }

        _metrics.Committed(records.Count);
        return new(records, response);
    }

    /// <summary>TxnOffsetCommit: the offsets count when the transaction is committed.</summary>
    /// <exception cref="CoordinatorException">The member may not commit.</exception>
    public CoordinatorResult<TxnOffsetCommitResponse> CommitTransactional(GroupRequest sender, TxnOffsetCommitRequest request, Group group)
    {
        CommitPartitionCheck? check;
        try
        {
            check = group.ValidateOffsetCommit(request.MemberId, request.GroupInstanceId, request.GenerationIdOrMemberEpoch, true, sender.ApiVersion);
        }
        catch (CoordinatorException refused) when (refused.Error == ErrorCode.StaleMemberEpoch)
        {
            // The API is older than member epochs and has no other word for it.
            throw new CoordinatorException(ErrorCode.IllegalGeneration, refused.Message);
        }

        var response = new TxnOffsetCommitResponse();
        var records = new List<CoordinatorRecord>();
        var nowMs = NowMs;
        foreach (var topic in request.Topics)
        {
            var answer = new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answer);
            foreach (var partition in topic.Partitions)
            {
                var error = Judge(partition.CommittedMetadata, check, topic.Name, topic.TopicId, partition.PartitionIndex);
                answer.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error == ErrorCode.StaleMemberEpoch ? ErrorCode.IllegalGeneration : error });
                if (error == ErrorCode.None)
                {
                    var offset = new CommittedOffset(-1, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata ?? "", nowMs, null, topic.TopicId);
                    records.Add(GroupRecords.Offset(request.GroupId, topic.Name, partition.PartitionIndex, offset));
                }
            }
        }

        _metrics.Committed(records.Count);
        return new(records, response);
    }

    private ErrorCode Judge(string? metadata, CommitPartitionCheck? check, TopicName topic, Uuid topicId, PartitionIndex partition)
    {
        if (metadata is not null && metadata.Length > _options().OffsetMetadataSizeMax)
        {
            return ErrorCode.OffsetMetadataTooLarge;
        }

        try
        {
            check?.Invoke(topic, topicId, partition);
            return ErrorCode.None;
        }
        catch (CoordinatorException refused)
        {
            return refused.Error;
        }
    }
}
