using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Raft;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>
/// A node: logs, metadata quorum, controller, replicas and listeners, put together over the seams it is given. Its directories are formatted. <see cref="StartAsync"/> returns when clients are
/// served; <see cref="DisposeAsync"/> stops in the reverse order: clients first, then the cluster is told, then everything is on the disk.
/// </summary>
public sealed partial class Node : IAsyncDisposable
{
    private readonly NodeEnvironment _environment;
    private readonly NodeConfigurationState _configuration;
    private readonly NodeIdentity _identity;
    private readonly ILogger<Node> _logger;
    private readonly LogManager _logs;
    private readonly RaftClient _raft;
    private readonly QuorumController _controller;
    private readonly MetadataLoader _loader = new();
    private readonly ControllerAccess _access;
    private readonly ReplicaManager _replicas;
    private readonly HighWatermarkCheckpoints _highWatermarks;
    private readonly TimingWheel _wheel;
    private readonly ProducerIdBlocks _producerIds;
    private readonly ConnectionServer _server;
    private readonly List<BoundListener> _listeners = [];
    private BrokerRegistrar? _registrar;

    private Node(NodeEnvironment environment, NodeConfigurationState configuration, LogEnvironment logEnvironment, LogManager logs)
    {
        var node = configuration.Current;
        _environment = environment;
        _configuration = configuration;
        _logs = logs;
        _logger = environment.Logging.CreateLogger<Node>();
        _identity = new NodeIdentity(node.NodeId, logs.Directories[0].Properties!.ClusterId!);
        _wheel = new TimingWheel(environment.Time);
        _raft = OpenQuorum(logEnvironment);
        _controller = new QuorumController(
            _raft,
            new ControllerOptions
            {
                Node = node,
                ClusterId = _identity.ClusterId,
                QuorumIds = () => _raft.Voters.Ids,
                Log = line => _logger.LogInformation("{Controller}", line),
            },
            environment.Time,
            environment.Entropy,
            environment.Workers);
        _access = new ControllerAccess(_controller, _loader);
        _highWatermarks = new HighWatermarkCheckpoints(logs, environment.Time, node.ReplicaHighWatermarkCheckpointIntervalMs, environment.Workers);
        _replicas = new ReplicaManager(node.NodeId, logs, _highWatermarks, () => _configuration.Current, environment.Logging.CreateLogger<ReplicaManager>());
        _producerIds = new ProducerIdBlocks(_controller, _loader, node.NodeId);
        _server = OpenConnections(node);
        _configuration.Changed += Reconfigure;
    }

    /// <summary>The listeners that answer, with the ports that were bound.</summary>
    public IReadOnlyList<BoundListener> Listeners => _listeners;

    public NodeIdentity Identity => _identity;

    /// <summary>
    /// Starts a node and returns when it serves clients. Throws <see cref="DiskException"/> for the disk, <see cref="NetworkException"/> for an address that cannot be had, and
    /// <see cref="InvalidDataException"/> for files that cannot be what they should be, and <see cref="TimeoutException"/> when server.max.startup.time.ms is over.
    /// </summary>
    public static async Task<Node> StartAsync(NodeEnvironment environment, NodeConfiguration configuration, CancellationToken cancellationToken)
    {
        var state = new NodeConfigurationState(configuration, environment.Logging.CreateLogger<NodeConfigurationState>());
        var logEnvironment = new LogEnvironment(
            new OpenFiles(environment.Disk), environment.Time, environment.Entropy, environment.Workers, environment.Logging.CreateLogger<LogManager>());
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Min(configuration.ServerMaxStartupTimeMs, int.MaxValue)), environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var logs = new LogManager(logEnvironment, LogOptions(configuration));
        await logs.StartAsync(_ => LogConfigs.From(configuration.TopicDefaults, configuration));
        var node = new Node(environment, state, logEnvironment, logs);
        try
        {
            await node.StartAsync(either.Token);
            return node;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await node.DisposeAsync();
            throw new TimeoutException($"the node did not start within server.max.startup.time.ms={configuration.ServerMaxStartupTimeMs}");
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(TimeSpan.FromSeconds(5));
        if (_registrar is not null)
        {
            await _registrar.StopAsync();
            _registrar.Dispose();
        }

        _controller.Dispose();
        await _raft.ShutdownAsync();
        _raft.Dispose();
        _highWatermarks.Dispose();
        _logs.Shutdown(_registrar?.BrokerEpoch ?? CleanShutdownFile.UnknownBrokerEpoch);
        _producerIds.Dispose();
        _wheel.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Bind();
        Subscribe();
        _controller.Start();
        _raft.Register(new MetadataLoaderListener(_loader, _raft));
        _raft.Start();
        var node = _configuration.Current;
        if (node.IsBroker)
        {
            _registrar = new BrokerRegistrar(
                _controller, _loader, node, Registration(node), _environment.Time, _environment.Logging.CreateLogger<BrokerRegistrar>());
            await _registrar.StartAsync(cancellationToken);
        }

        await RegisterControllerAsync(node);
        _server.Start();
    }

    /// <summary>Who hears of new metadata, in this order: configuration before the replicas that are made with it; the snapshot of what all have seen comes last.</summary>
    private void Subscribe()
    {
        var node = _configuration.Current;
        _loader.AddPublisher(_configuration);
        _loader.AddPublisher(_replicas);
        _loader.AddPublisher(new SnapshotGenerator(_raft, _environment.Time, node.MetadataMaxRecordBytesBetweenSnapshots, node.MetadataMaxSnapshotIntervalMs));
    }

    private RaftClient OpenQuorum(LogEnvironment logEnvironment)
    {
        var node = _configuration.Current;
        var metadataDirectory = node.MetadataLogDir;
        var log = MetadataLog.Open(logEnvironment, metadataDirectory, node.MetadataLogSegmentBytes, node.MetadataLogSegmentMs, node.MetadataDeleteDelayMs);
        var options = new RaftClientOptions
        {
            Quorum = new RaftOptions
            {
                NodeId = node.NodeId,
                DirectoryId = DirectoryIdOf(metadataDirectory),
                StaticVoters = new VoterSet(node.QuorumVoters.Select(voter => new VoterNode(
                    new ReplicaKey(voter.Id, Uuid.Zero), [new VoterEndpoint(node.ControllerListenerNames[0], voter.Host, voter.Port)]))),
                ElectionTimeoutMs = node.QuorumElectionTimeoutMs,
                ElectionBackoffMaxMs = node.QuorumElectionBackoffMaxMs,
                FetchTimeoutMs = node.QuorumFetchTimeoutMs,
                RequestTimeoutMs = node.QuorumRequestTimeoutMs,
                RetryBackoffMs = node.QuorumRetryBackoffMs,
                AppendLingerMs = node.QuorumAppendLingerMs,
                FetchBytesMax = node.QuorumFetchMaxBytes,
                FetchSnapshotBytesMax = node.QuorumFetchSnapshotMaxBytes,
                BatchBytesMax = node.MetadataMaxBatchBytes,
            },
            RetentionBytes = node.MetadataMaxRetentionBytes,
            RetentionMs = node.MetadataMaxRetentionMs,
        };
        var snapshots = new SnapshotFiles(_environment.Disk, MetadataLog.DirectoryIn(metadataDirectory));
        return new RaftClient(options, log, snapshots, _environment.Time, _environment.Entropy, _environment.Workers);
    }

    private Uuid DirectoryIdOf(string path) => _logs.Directories.First(directory => directory.Path == path).Id ?? Uuid.Zero;

    private void Reconfigure(NodeConfiguration node)
    {
        _server.Limits = Limits(node);
        _replicas.UpdateAllConfigs();
    }

    private static LogManagerOptions LogOptions(NodeConfiguration node) => new()
    {
        LogDirectories = node.LogDirs,
        NodeId = node.NodeId,
        RecoveryThreadsPerDataDir = node.NumRecoveryThreadsPerDataDir,
        RecoveryPointCheckpointMs = node.LogFlushOffsetCheckpointIntervalMs,
        LogStartCheckpointMs = node.LogFlushStartOffsetCheckpointIntervalMs,
        RetentionCheckMs = node.LogRetentionCheckIntervalMs,
        InitialTaskDelayMs = node.LogInitialTaskDelayMs,
        FlushCheckMs = node.LogFlushSchedulerIntervalMs,
        ProducerExpirationCheckMs = node.ProducerIdExpirationCheckIntervalMs,
    };
}
