using Moldau.Broker.Views;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Security;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>
/// ListOffsets v1 to v11: the offset for a timestamp, or for one of the special ones. v2 knows isolation, v4 leader epochs, v7 the largest timestamp (KIP-734), v8 and v9 tiered storage
/// (KIP-405, KIP-1005), v10 a time-out for remote reads, v11 the next offset to tier (KIP-1023).
/// </summary>
public sealed class ListOffsetsHandler(MetadataLoader loader, ReplicaManager replicas, IWorkers workers)
    : RequestHandler<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Topic);

    private const int ConsumerId = -1;

    public override AuthorizationRequirement Authorization => Required;

    // A timestamp is looked for in the files.
    protected override ValueTask<ListOffsetsResponse?> HandleAsync(RequestContext context, ListOffsetsRequest request) =>
        new(workers.CallAsync(() => Handle(context, request)));

    private ListOffsetsResponse? Handle(RequestContext context, ListOffsetsRequest request)
    {
        var duplicates = Duplicates(request);
        var response = new ListOffsetsResponse { Topics = new(request.Topics.Count) };
        foreach (var topic in request.Topics)
        {
            var allowed = context.May(AclOperation.Describe, ResourceType.Topic, topic.Name);
            var answers = new List<ListOffsetsResponse.ListOffsetsPartitionResponse>(topic.Partitions.Count);
            foreach (var partition in topic.Partitions)
            {
                var isTwice = duplicates.Contains((topic.Name, partition.PartitionIndex));
                if (isTwice && answers.Exists(answer => answer.PartitionIndex == partition.PartitionIndex))
                {
                    continue;
                }

                answers.Add(!allowed ? Failed(partition.PartitionIndex, ErrorCode.TopicAuthorizationFailed)
                    : isTwice ? Failed(partition.PartitionIndex, ErrorCode.InvalidRequest)
                    : Find(context, request, topic.Name, partition));
            }

            response.Topics.Add(new() { Name = topic.Name, Partitions = answers });
        }

        return response;
    }

    protected override ListOffsetsResponse ErrorResponse(ListOffsetsRequest request, ErrorCode error, string? message) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
        {
            Name = topic.Name,
            Partitions = topic.Partitions.ConvertAll(partition => Failed(partition.PartitionIndex, error)),
        }),
    };

    protected override void SetThrottleTime(ListOffsetsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Failed(int partition, ErrorCode error) =>
        new() { PartitionIndex = partition, ErrorCode = error, Timestamp = -1, Offset = -1 };

    private static HashSet<(TopicName, PartitionIndex)> Duplicates(ListOffsetsRequest request)
    {
        HashSet<(TopicName, PartitionIndex)> seen = [];
        HashSet<(TopicName, PartitionIndex)> twice = [];
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (!seen.Add((topic.Name, partition.PartitionIndex)))
                {
                    twice.Add((topic.Name, partition.PartitionIndex));
                }
            }
        }

        return twice;
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse Find(
        RequestContext context, ListOffsetsRequest request, TopicName topic, ListOffsetsRequest.ListOffsetsPartition wanted)
    {
        if (loader.Image.Topics.FindPartition(topic, wanted.PartitionIndex) is null)
        {
            return Failed(wanted.PartitionIndex, ErrorCode.UnknownTopicOrPartition);
        }

        var partition = replicas.Find(topic, wanted.PartitionIndex, out var error);
        if (partition is null)
        {
            return Failed(wanted.PartitionIndex, error);
        }

        if (!IsServed(wanted.Timestamp, context.ApiVersion))
        {
            return Failed(wanted.PartitionIndex, ErrorCode.UnsupportedVersion);
        }

        error = partition.CheckLeader(wanted.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return Failed(wanted.PartitionIndex, error);
        }

        var fromConsumer = (int)request.ReplicaId == ConsumerId;
        if (fromConsumer && wanted.Timestamp != ListOffsetsTimestamps.Earliest && partition.Log.HighWatermark < partition.LeaderEpochStartOffset)
        {
            // The high watermark of a new leader is not yet sure: an offset from it could be lower than one that was told before (KIP-207).
            return Failed(wanted.PartitionIndex, context.ApiVersion >= 5 ? ErrorCode.OffsetNotAvailable : ErrorCode.LeaderNotAvailable);
        }

        try
        {
            return Answer(context.ApiVersion, wanted, Lookup(partition, wanted.Timestamp, fromConsumer, request.IsolationLevel));
        }
        catch (DiskException)
        {
            return Failed(wanted.PartitionIndex, ErrorCode.KafkaStorageError);
        }
    }

    /// <summary>Consumers see what they may read; replicas and tools that debug see all there is.</summary>
    private static OffsetForTimestamp? Lookup(Partition partition, long timestamp, bool fromConsumer, sbyte isolationLevel)
    {
        var log = partition.Log;
        var bound = !fromConsumer ? log.LogEndOffset : isolationLevel == 1 ? log.LastStableOffset : log.HighWatermark;
        if (timestamp == ListOffsetsTimestamps.Latest)
        {
            return new OffsetForTimestamp(-1, bound, partition.Role.LeaderEpoch);
        }

        var found = log.FetchOffsetForTimestamp(timestamp);
        var isOfRecord = timestamp is >= 0 or ListOffsetsTimestamps.MaxTimestamp;
        return isOfRecord && found?.Offset >= bound ? null : found;
    }

    private static ListOffsetsResponse.ListOffsetsPartitionResponse Answer(short version, ListOffsetsRequest.ListOffsetsPartition wanted, OffsetForTimestamp? found)
    {
        var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = wanted.PartitionIndex, Timestamp = -1, Offset = -1 };
        if (found is { } record)
        {
            answer.Timestamp = record.Timestamp;
            answer.Offset = record.Offset;
            if (version >= 4 && record.LeaderEpoch is { } epoch)
            {
                answer.LeaderEpoch = epoch;
            }
        }

        return answer;
    }

    /// <summary>Below the version that brought a special timestamp it is refused.</summary>
    private static bool IsServed(long timestamp, short version) => timestamp switch
    {
        >= ListOffsetsTimestamps.Earliest => true,
        ListOffsetsTimestamps.MaxTimestamp => version >= 7,
        ListOffsetsTimestamps.EarliestLocal => version >= 8,
        ListOffsetsTimestamps.LatestTiered => version >= 9,
        ListOffsetsTimestamps.EarliestPendingUpload => version >= 11,
        _ => false,
    };
}
