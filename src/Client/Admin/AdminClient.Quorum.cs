using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Features, the metadata quorum, and the nodes' registrations.</summary>
public sealed partial class AdminClient
{
    private const string MetadataTopic = "__cluster_metadata";

    /// <summary>The features of the cluster.</summary>
    /// <param name="nodeId">The node that is asked; null for any.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<FeatureMetadata> DescribeFeaturesAsync(int? nodeId = null, CancellationToken cancellationToken = default) =>
        OnceAsync(
            "describing features",
            async cancellation =>
            {
                BrokerConnection broker = nodeId is { } node
                    ? await _cluster.ConnectAsync(await KnownAsync(node, cancellation).ConfigureAwait(false), ConnectionPurpose.General, cancellation).ConfigureAwait(false)
                    : await _cluster.AnyAsync(cancellation).ConfigureAwait(false);
                var request = new ApiVersionsRequest { ClientSoftwareName = "moldau-client", ClientSoftwareVersion = "0" };
                ApiVersionsResponse response = await AskAsync<ApiVersionsResponse>(broker, request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing features", null);
                return new FeatureMetadata(
                    response.FinalizedFeatures.ToDictionary(feature => feature.Name, feature => new FeatureVersions(feature.MinVersionLevel, feature.MaxVersionLevel)),
                    response.FinalizedFeaturesEpoch >= 0 ? response.FinalizedFeaturesEpoch : default(long?),
                    response.SupportedFeatures.ToDictionary(feature => feature.Name, feature => new FeatureVersions(feature.MinVersion, feature.MaxVersion)));
            },
            cancellationToken);

    /// <summary>Changes the levels of features: all of them or, from 4.0 on, none.</summary>
    /// <param name="updates">The levels, by feature.</param>
    /// <param name="validateOnly">Whether the cluster only looks whether it would work.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<IReadOnlyDictionary<string, AdminResult>> UpdateFeaturesAsync(
        IReadOnlyDictionary<string, FeatureUpdate> updates, bool validateOnly = false, CancellationToken cancellationToken = default) =>
        RunAsync<string>(
            "updating feature",
            updates.Keys,
            async (batch, asked, cancellation) =>
            {
                UpdateFeaturesResponse response = await AskControllerAsync<UpdateFeaturesResponse>(
                    ClusterMessages.UpdateFeatures(asked, updates, validateOnly, TimeoutMs), cancellation).ConfigureAwait(false);
                if (response.ErrorCode != ErrorCode.None || response.Results.Count == 0)
                {
                    foreach (string feature in asked)
                    {
                        Settle(batch, feature, response.ErrorCode, response.ErrorMessage, true, () => true);
                    }

                    return;
                }

                foreach (UpdateFeaturesResponse.UpdatableFeatureResult result in response.Results)
                {
                    Settle(batch, result.Feature, result.ErrorCode, result.ErrorMessage, true, () => true);
                }
            },
            cancellationToken);

    /// <summary>The metadata quorum: who leads, who votes, how far each has come.</summary>
    public Task<QuorumInfo> DescribeMetadataQuorumAsync(CancellationToken cancellationToken = default) =>
        OnceAsync(
            "describing the metadata quorum",
            async cancellation =>
            {
                var topic = new DescribeQuorumRequest.TopicData { TopicName = MetadataTopic, Partitions = [new DescribeQuorumRequest.PartitionData { PartitionIndex = 0 }] };
                DescribeQuorumResponse response = await AskControllerAsync<DescribeQuorumResponse>(new DescribeQuorumRequest { Topics = [topic] }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing the metadata quorum", response.ErrorMessage);
                DescribeQuorumResponse.PartitionData? quorum = response.Topics.SelectMany(found => found.Partitions).FirstOrDefault();
                if (quorum is null)
                {
                    throw KafkaException.Of(ErrorCode.UnknownServerError, "describing the metadata quorum", "the response leaves it out");
                }

                ThrowIf(quorum.ErrorCode, "describing the metadata quorum", quorum.ErrorMessage);
                return ClusterMessages.Read(quorum, response.Nodes);
            },
            cancellationToken);

    /// <summary>Has a controller that follows the metadata log vote from now on (KIP-853).</summary>
    /// <param name="voterId">Its node id.</param>
    /// <param name="directoryId">The id of its metadata directory.</param>
    /// <param name="endpoints">Where it listens.</param>
    /// <param name="clusterId">The cluster that is meant, as a safeguard; null for whichever is asked.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaException">The voters are as they were: DUPLICATE_VOTER, INVALID_REQUEST and so on.</exception>
    public Task AddRaftVoterAsync(
        int voterId, Uuid directoryId, IEnumerable<RaftVoterEndpoint> endpoints, string? clusterId = null, CancellationToken cancellationToken = default)
    {
        AddRaftVoterRequest request = ClusterMessages.AddVoter(voterId, directoryId, endpoints, clusterId, TimeoutMs);
        return OnceAsync(
            $"adding voter {voterId}",
            async cancellation =>
            {
                AddRaftVoterResponse response = await AskControllerAsync<AddRaftVoterResponse>(request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, $"adding voter {voterId}", response.ErrorMessage);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Has a controller vote no more (KIP-853).</summary>
    /// <exception cref="KafkaException">The voters are as they were: VOTER_NOT_FOUND, INVALID_REQUEST and so on.</exception>
    public Task RemoveRaftVoterAsync(int voterId, Uuid directoryId, string? clusterId = null, CancellationToken cancellationToken = default) =>
        OnceAsync(
            $"removing voter {voterId}",
            async cancellation =>
            {
                RemoveRaftVoterResponse response = await AskControllerAsync<RemoveRaftVoterResponse>(
                    new RemoveRaftVoterRequest { ClusterId = clusterId, VoterId = voterId, VoterDirectoryId = directoryId }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, $"removing voter {voterId}", response.ErrorMessage);
                return true;
            },
            cancellationToken);

    /// <summary>Has the cluster forget a broker that will not come back. It must be down.</summary>
    /// <exception cref="KafkaException">It is registered as before, or never was: BROKER_ID_NOT_REGISTERED.</exception>
    public Task UnregisterBrokerAsync(int brokerId, CancellationToken cancellationToken = default) =>
        OnceAsync(
            $"unregistering broker {brokerId}",
            async cancellation =>
            {
                UnregisterBrokerResponse response = await AskControllerAsync<UnregisterBrokerResponse>(
                    new UnregisterBrokerRequest { BrokerId = brokerId }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, $"unregistering broker {brokerId}", response.ErrorMessage);
                return true;
            },
            cancellationToken);

    /// <summary>Has the cluster forget a controller that will not come back (brokers from 4.4).</summary>
    /// <exception cref="KafkaException">It is registered as before, or never was: CONTROLLER_ID_NOT_REGISTERED.</exception>
    public Task UnregisterControllerAsync(int controllerId, CancellationToken cancellationToken = default) =>
        OnceAsync(
            $"unregistering controller {controllerId}",
            async cancellation =>
            {
                UnregisterControllerResponse response = await AskControllerAsync<UnregisterControllerResponse>(
                    new UnregisterControllerRequest { ControllerId = controllerId }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, $"unregistering controller {controllerId}", response.ErrorMessage);
                return true;
            },
            cancellationToken);

    /// <summary>The node, when the cluster has it.</summary>
    private async Task<int> KnownAsync(int node, CancellationToken cancellationToken)
    {
        ClusterView view = _cluster.View.Brokers.ContainsKey(node) ? _cluster.View : await _cluster.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return view.Brokers.ContainsKey(node) ? node : throw KafkaException.Of(ErrorCode.BrokerIdNotRegistered, $"asking node {node}", Unknown(node, view));
    }

    private static string Unknown(int node, ClusterView view) => $"node {node} is not known; alive are {string.Join(", ", view.Brokers.Keys.Order())}";
}
