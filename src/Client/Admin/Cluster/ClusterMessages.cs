using Moldau.Core;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of the cluster and what callers see. Stateless; any thread.</summary>
internal static class ClusterMessages
{
    public static UpdateFeaturesRequest UpdateFeatures(string[] features, IReadOnlyDictionary<string, FeatureUpdate> updates, bool validateOnly, int timeoutMs) => new()
    {
        TimeoutMs = timeoutMs,
        ValidateOnly = validateOnly,
        FeatureUpdates =
        [
            .. features.Select(feature => new UpdateFeaturesRequest.FeatureUpdateKey
            {
                Feature = feature,
                MaxVersionLevel = updates[feature].MaxVersionLevel,
                UpgradeType = (sbyte)updates[feature].UpgradeType,
            }),
        ],
    };

    public static AddRaftVoterRequest AddVoter(int voterId, Uuid directoryId, IEnumerable<RaftVoterEndpoint> endpoints, string? clusterId, int timeoutMs) => new()
    {
        ClusterId = clusterId,
        TimeoutMs = timeoutMs,
        VoterId = voterId,
        VoterDirectoryId = directoryId,
        Listeners = [.. endpoints.Select(endpoint => new AddRaftVoterRequest.Listener { Name = endpoint.Listener, Host = endpoint.Host, Port = checked((ushort)endpoint.Port) })],
    };

    public static QuorumInfo Read(DescribeQuorumResponse.PartitionData quorum, List<DescribeQuorumResponse.Node> nodes) => new(
        quorum.LeaderId,
        quorum.LeaderEpoch.Value,
        quorum.HighWatermark,
        [.. quorum.CurrentVoters.Select(Read)],
        [.. quorum.Observers.Select(Read)],
        nodes.ToDictionary(
            node => node.NodeId.Value,
            node => (IReadOnlyList<RaftVoterEndpoint>)[.. node.Listeners.Select(listener => new RaftVoterEndpoint(listener.Name, listener.Host, listener.Port))]));

    private static QuorumReplicaState Read(DescribeQuorumResponse.ReplicaState replica) => new(
        replica.ReplicaId,
        replica.ReplicaDirectoryId,
        replica.LogEndOffset,
        PartitionMessages.Time(replica.LastFetchTimestamp),
        PartitionMessages.Time(replica.LastCaughtUpTimestamp));
}
