using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Raft;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeQuorum v0 to v2 (KIP-595, KIP-836, KIP-853): leader, voters and observers of the metadata quorum.</summary>
public sealed class DescribeQuorumHandler(IRaftClient raft, MetadataLoader loader) : RequestHandler<DescribeQuorumRequest, DescribeQuorumResponse>(ApiKey.DescribeQuorum)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<DescribeQuorumResponse?> HandleAsync(RequestContext context, DescribeQuorumRequest request)
    {
        if (request.Topics is not [{ TopicName.Value: TopicNames.ClusterMetadata, Partitions: [{ PartitionIndex.Value: 0 }] }])
        {
            return new(ErrorOfPartitions(request));
        }

        if (raft.Leader.LeaderId != raft.NodeId)
        {
            return new(ErrorResponse(request, ErrorCode.NotLeaderOrFollower, null));
        }

        var quorum = raft.DescribeQuorum();
        var response = new DescribeQuorumResponse();
        response.Topics.Add(new()
        {
            TopicName = TopicNames.ClusterMetadata,
            Partitions =
            [
                new()
                {
                    PartitionIndex = 0,
                    LeaderId = quorum.LeaderId ?? -1,
                    LeaderEpoch = quorum.LeaderEpoch,
                    HighWatermark = quorum.HighWatermark,
                    CurrentVoters = [.. quorum.Voters.Select(replica => State(replica, context.ApiVersion))],
                    Observers = [.. quorum.Observers.Select(replica => State(replica, context.ApiVersion))],
                },
            ],
        });
        if (context.ApiVersion >= 2)
        {
            AddNodes(response, quorum);
        }

        return new(response);
    }

    protected override DescribeQuorumResponse ErrorResponse(DescribeQuorumRequest request, ErrorCode error, string? message) => new() { ErrorCode = error, ErrorMessage = message };

    /// <summary>Only the one partition of the metadata can be described.</summary>
    private static DescribeQuorumResponse ErrorOfPartitions(DescribeQuorumRequest request) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new DescribeQuorumResponse.TopicData
        {
            TopicName = topic.TopicName,
            Partitions = topic.Partitions.ConvertAll(partition => new DescribeQuorumResponse.PartitionData
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = ErrorCode.UnknownTopicOrPartition,
                ErrorMessage = ErrorCode.UnknownTopicOrPartition.Message(),
            }),
        }),
    };

    private static DescribeQuorumResponse.ReplicaState State(QuorumReplica replica, short version) => new()
    {
        ReplicaId = replica.Key.Id,
        ReplicaDirectoryId = version >= 2 ? replica.Key.DirectoryId : Uuid.Zero,
        LogEndOffset = replica.LogEndOffset,
        LastFetchTimestamp = replica.LastFetchTimestampMs,
        LastCaughtUpTimestamp = replica.LastCaughtUpTimestampMs,
    };

    private void AddNodes(DescribeQuorumResponse response, QuorumDescription quorum)
    {
        foreach (var voter in quorum.Voters)
        {
            if (loader.Image.Cluster.Controllers.GetValueOrDefault(voter.Key.Id) is { } controller)
            {
                response.Nodes.Add(new()
                {
                    NodeId = voter.Key.Id,
                    Listeners = [.. controller.Listeners.Select(listener => new DescribeQuorumResponse.Listener { Name = listener.Name, Host = listener.Host, Port = listener.Port })],
                });
            }
        }
    }
}
