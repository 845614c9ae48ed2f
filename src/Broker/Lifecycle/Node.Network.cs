using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>The node towards others: listeners, the handlers behind them, and what it registers with the controller.</summary>
public sealed partial class Node
{
    private ConnectionLimits Limits(NodeConfiguration node) => ConnectionLimits.Of(node, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Resolve);

    private IPAddress[] Resolve(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException failure)
        {
            _logger.LogWarning("max.connections.per.ip.overrides: {Host} has no address ({Reason}), so that its limit has no effect", host, failure.Message);
            return [];
        }
    }

    private ConnectionServer OpenConnections(NodeConfiguration node)
    {
        var pipeline = new RequestPipeline(
            new RequestHandlerRegistry(Handlers()), _environment.Time, _environment.Logging.CreateLogger<RequestPipeline>(), interceptor: _environment.Interceptor);
        return new ConnectionServer(_environment.Network, pipeline, _environment.Time, _environment.Logging.CreateLogger<ConnectionServer>(), Limits(node));
    }

    private List<RequestHandler> Handlers()
    {
        NodeConfiguration Configuration() => _configuration.Current;
        var creator = new AutoTopicCreator(_access, _loader, Configuration);
        return
        [
            new ProduceHandler(_loader, _replicas, _transactions.Verifier, _wheel, _environment.Workers),
            new FetchHandler(_loader, _replicas, Configuration, _wheel, _environment, _stopping.Token),
            new ListOffsetsHandler(_loader, _replicas, _environment.Workers),
            new MetadataHandler(_loader, Configuration, _identity, creator),
            new OffsetCommitHandler(_loader, _groups.Coordinator),
            new OffsetFetchHandler(_loader, _groups.Coordinator),
            new FindCoordinatorHandler(_loader, creator),
            new JoinGroupHandler(_groups.Coordinator),
            new HeartbeatHandler(_groups.Coordinator),
            new LeaveGroupHandler(_groups.Coordinator),
            new SyncGroupHandler(_groups.Coordinator),
            new DescribeGroupsHandler(_groups.Coordinator),
            new ListGroupsHandler(_groups.Coordinator),
            new SaslHandshakeHandler(),
            new ApiVersionsHandler(new FeatureView(_loader, _raft, _identity)),
            new CreateTopicsHandler(_access),
            new DeleteTopicsHandler(_access, _loader),
            new DeleteRecordsHandler(_loader, _replicas, _environment.Workers),
            new InitProducerIdHandler(_transactions.Coordinator),
            new OffsetForLeaderEpochHandler(_loader, _replicas),
            new AddPartitionsToTxnHandler(_loader, _transactions.Coordinator),
            new AddOffsetsToTxnHandler(_loader, Configuration, _transactions.Coordinator),
            new EndTxnHandler(_transactions.Coordinator),
            new TxnOffsetCommitHandler(_loader, _groups.Coordinator),
            new DeleteGroupsHandler(_groups.Coordinator),
            new OffsetDeleteHandler(_loader, _groups.Coordinator),
            new WriteTxnMarkersHandler(_transactions.MarkerWriter),
            new DescribeConfigsHandler(_loader, Configuration, _identity),
            new AlterConfigsHandler(_access, _identity),
            new AlterReplicaLogDirsHandler(_replicas, _environment.Workers),
            new DescribeLogDirsHandler(_logs, _environment.Disk, _environment.Workers),
            new SaslAuthenticateHandler(),
            new CreatePartitionsHandler(_access),
            new ElectLeadersHandler(_access),
            new IncrementalAlterConfigsHandler(_access, _identity),
            new AlterPartitionReassignmentsHandler(_access),
            new ListPartitionReassignmentsHandler(_loader),
            new DescribeQuorumHandler(_raft, _loader),
            new UpdateFeaturesHandler(_access),
            new DescribeClusterHandler(_loader, _identity),
            new DescribeProducersHandler(_loader, _replicas),
            new UnregisterBrokerHandler(_access, _controller),
            new DescribeTransactionsHandler(_transactions.Coordinator),
            new ListTransactionsHandler(_transactions.Coordinator),
            new ConsumerGroupHeartbeatHandler(_groups.Coordinator, _loader, Configuration),
            new ConsumerGroupDescribeHandler(_groups.Coordinator, _loader, Configuration),
            new AssignReplicasToDirsHandler(_access),
            new ListConfigResourcesHandler(_loader),
            new DescribeTopicPartitionsHandler(_loader, Configuration),
        ];
    }

    private void Bind()
    {
        foreach (var listener in ListenerBindings.Of(_configuration.Current))
        {
            _listeners.Add(_server.Bind(listener));
        }
    }

    /// <summary>What clients and controllers are told of a bound listener: the advertised address, else the bound one; a listener on all addresses is known by the machine's name.</summary>
    private static string AdvertisedHost(BoundListener listener) =>
        listener.Endpoint.AdvertisedHost is { Length: > 0 } advertised ? advertised
        : listener.Endpoint.Host.Length > 0 ? listener.Endpoint.Host
        : Dns.GetHostName();

    private BrokerRegistrationRequest Registration(NodeConfiguration node)
    {
        var request = new BrokerRegistrationRequest
        {
            BrokerId = node.NodeId,
            ClusterId = _identity.ClusterId,
            IncarnationId = _incarnation,
            Rack = node.Rack,
            LogDirs = [.. _logs.Directories.Where(directory => directory.IsOnline && directory.Id is not null).Select(directory => directory.Id!.Value)],
            PreviousBrokerEpoch = PreviousBrokerEpoch,
        };
        foreach (var listener in _listeners.Where(listener => listener.Endpoint.Kind == ListenerKind.Broker))
        {
            request.Listeners.Add(new()
            {
                Name = listener.Endpoint.Name,
                Host = AdvertisedHost(listener),
                Port = (ushort)listener.AdvertisedPort,
                SecurityProtocol = (short)listener.Endpoint.SecurityProtocol,
            });
        }

        foreach (var (name, range) in KnownFeatures.SupportedRanges)
        {
            request.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        return request;
    }

    private async Task RegisterControllerAsync(NodeConfiguration node)
    {
        if (!node.IsController || !_loader.Image.MetadataVersion.IsControllerRegistrationSupported)
        {
            return;
        }

        var request = new ControllerRegistrationRequest { ControllerId = node.NodeId, IncarnationId = NewIncarnation() };
        foreach (var listener in _listeners.Where(listener => listener.Endpoint.Kind == ListenerKind.Controller))
        {
            request.Listeners.Add(new()
            {
                Name = listener.Endpoint.Name,
                Host = AdvertisedHost(listener),
                Port = (ushort)listener.AdvertisedPort,
                SecurityProtocol = (short)listener.Endpoint.SecurityProtocol,
            });
        }

        foreach (var (name, range) in KnownFeatures.SupportedRanges)
        {
            request.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        var reply = await _access.SubmitAsync((image, control) => ClusterManager.RegisterController(image, request, control), RequestOptions.Default);
        if (reply.IsError)
        {
            _logger.LogWarning("controller {NodeId} cannot register: {Error}", node.NodeId, reply.Error.Message);
        }
    }

    /// <summary>By this image the broker is this process, and not the one before it.</summary>
    private bool IsRegistered(MetadataImage image) => image.Cluster.Broker(_identity.NodeId)?.IncarnationId == _incarnation;

    private Core.Uuid NewIncarnation()
    {
        Span<byte> random = stackalloc byte[Core.Uuid.SizeBytes];
        _environment.Entropy.Fill(random);
        return Core.Uuid.FromRandom(random);
    }
}
