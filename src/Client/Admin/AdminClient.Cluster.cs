using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>The cluster as a whole.</summary>
public sealed partial class AdminClient
{
    private const sbyte BrokerEndpoints = 1;
    private const sbyte ControllerEndpoints = 2;

    /// <summary>The cluster's id and nodes: the brokers, or the controllers when <see cref="AdminOptions.BootstrapControllers"/> are asked (KIP-919).</summary>
    public Task<ClusterDescription> DescribeClusterAsync(DescribeClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DescribeClusterOptions();
        return OnceAsync(
            "describing the cluster",
            async cancellation =>
            {
                BrokerConnection broker = await _cluster.AnyAsync(cancellation).ConfigureAwait(false);
                if (!broker.Versions.Supports(ApiKey.DescribeCluster) && !options.IncludeFencedBrokers)
                {
                    return await DescribeByMetadataAsync(broker, options, cancellation).ConfigureAwait(false);
                }

                DescribeClusterResponse response = await AskAsync<DescribeClusterResponse>(
                    broker,
                    new DescribeClusterRequest
                    {
                        IncludeClusterAuthorizedOperations = options.IncludeAuthorizedOperations,
                        IncludeFencedBrokers = options.IncludeFencedBrokers,
                        EndpointType = _options.UsesControllers ? ControllerEndpoints : BrokerEndpoints,
                    },
                    cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing the cluster", response.ErrorMessage);
                Node[] nodes = [.. response.Brokers.Select(node => new Node(node.BrokerId, node.Host, node.Port, node.Rack, node.IsFenced)).OrderBy(node => node.Id)];
                return new ClusterDescription(
                    response.ClusterId, Array.Find(nodes, node => node.Id == response.ControllerId), nodes, AuthorizedOperations.Of(response.ClusterAuthorizedOperations));
            },
            cancellationToken);
    }

    private async Task<ClusterDescription> DescribeByMetadataAsync(BrokerConnection broker, DescribeClusterOptions options, CancellationToken cancellationToken)
    {
        MetadataResponse response = await AskAsync<MetadataResponse>(
            broker,
            new MetadataRequest { Topics = [], AllowAutoTopicCreation = false, IncludeClusterAuthorizedOperations = options.IncludeAuthorizedOperations },
            cancellationToken).ConfigureAwait(false);
        Node[] nodes = [.. response.Brokers.Select(node => new Node(node.NodeId, node.Host, node.Port, node.Rack)).OrderBy(node => node.Id)];
        return new ClusterDescription(
            response.ClusterId, Array.Find(nodes, node => node.Id == response.ControllerId), nodes, AuthorizedOperations.Of(response.ClusterAuthorizedOperations));
    }
}
