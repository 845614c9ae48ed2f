using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>OffsetForLeaderEpoch v2 to v4 (KIP-101, KIP-320): where a leader epoch ended, so that followers and consumers find where their logs part.</summary>
public sealed class OffsetForLeaderEpochHandler(MetadataLoader loader, ReplicaManager replicas)
    : RequestHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.ClusterAction, ResourceType.Cluster, "else Describe on the topic"),
        new AuthorizationRule(AclOperation.Describe, ResourceType.Topic, "without ClusterAction"));

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(RequestContext context, OffsetForLeaderEpochRequest request)
    {
        var onCluster = context.MayOnCluster(AclOperation.ClusterAction, out _);
        var response = new OffsetForLeaderEpochResponse { Topics = new(request.Topics.Count) };
        foreach (var topic in request.Topics)
        {
            var allowed = onCluster || context.May(AclOperation.Describe, ResourceType.Topic, topic.Topic);
            response.Topics.Add(new()
            {
                Topic = topic.Topic,
                Partitions = topic.Partitions.ConvertAll(
                    partition => allowed ? Find(topic.Topic, partition) : Failed(partition.Partition, ErrorCode.TopicAuthorizationFailed)),
            });
        }

        return new(response);
    }

    protected override OffsetForLeaderEpochResponse ErrorResponse(OffsetForLeaderEpochRequest request, ErrorCode error, string? message) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult
        {
            Topic = topic.Topic,
            Partitions = topic.Partitions.ConvertAll(partition => Failed(partition.Partition, error)),
        }),
    };

    protected override void SetThrottleTime(OffsetForLeaderEpochResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static OffsetForLeaderEpochResponse.EpochEndOffset Failed(int partition, ErrorCode error) =>
        new() { Partition = partition, ErrorCode = error, LeaderEpoch = -1, EndOffset = -1 };

    private OffsetForLeaderEpochResponse.EpochEndOffset Find(string topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition wanted)
    {
        if (loader.Image.Topics.FindPartition(topic, wanted.Partition) is null)
        {
            return Failed(wanted.Partition, ErrorCode.UnknownTopicOrPartition);
        }

        var partition = replicas.Find(topic, wanted.Partition, out var error);
        if (partition is not null)
        {
            error = partition.CheckLeader(wanted.CurrentLeaderEpoch);
        }

        if (error != ErrorCode.None)
        {
            return Failed(wanted.Partition, error);
        }

        var (epoch, endOffset) = partition!.Log.Epochs.EndOffsetFor(wanted.LeaderEpoch, partition.Log.LogEndOffset);
        return new() { Partition = wanted.Partition, LeaderEpoch = epoch, EndOffset = endOffset };
    }
}
