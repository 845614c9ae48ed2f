using System.Globalization;
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
    private readonly WatchedWorkers _workers;
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
    private readonly TransactionService _transactions;
    private readonly GroupService _groups;
    private readonly ConnectionServer _server;
    private readonly List<BoundListener> _listeners = [];
    private readonly NodeFailure _failure;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Core.Uuid _incarnation;
    private BrokerRegistrar? _registrar;
    private bool _isQuorumRunning;

    private Node(NodeEnvironment environment, WatchedWorkers workers, NodeFailure failure, NodeConfigurationState configuration, LogEnvironment logEnvironment, LogManager logs)
    {
        var node = configuration.Current;
        _environment = environment;
        _workers = workers;
        _failure = failure;
        _configuration = configuration;
        _logs = logs;
        _logger = environment.Logging.CreateLogger<Node>();
        _metadataDirectory = OpenMetadataDirectory(node);
        _identity = new NodeIdentity(node.NodeId, _metadataDirectory.Properties!.ClusterId!);
        _wheel = new TimingWheel(environment.Time);
        _incarnation = NewIncarnation();
        _raft = OpenQuorum(logEnvironment);
        _controller = new QuorumController(
            _raft,
            new ControllerOptions
            {
                Node = node,
                ClusterId = _identity.ClusterId,
                BootstrapRecords = BootstrapFile.Read(environment.Disk, node.MetadataLogDir),
                QuorumIds = () => _raft.Voters.Ids,
                LoadedImage = () => _loader.LoadedImage,
                Log = line => _logger.LogInformation("{Controller}", line),
            },
            environment.Time,
            environment.Entropy,
            environment.Workers);
        _access = new ControllerAccess(_controller, _loader);
        _highWatermarks = new HighWatermarkCheckpoints(logs, environment.Time, node.ReplicaHighWatermarkCheckpointIntervalMs, environment.Workers);
        _replicas = new ReplicaManager(node.NodeId, logs, _highWatermarks, () => _configuration.Current, environment.Logging.CreateLogger<ReplicaManager>());
        (_assignments, _mover) = UseDirectories(node);
        _producerIds = new ProducerIdBlocks(_controller, _loader, node.NodeId);
        var coordinatorLogs = new CoordinatorPartitionWriter(_replicas);
        _transactions = new TransactionService(environment, () => _configuration.Current, _loader, _replicas, coordinatorLogs, _producerIds, _wheel, IsRegistered);
        coordinatorLogs.VerifyWith(_transactions.Verifier);
        _groups = new GroupService(environment, () => _configuration.Current, _loader, _replicas, coordinatorLogs, IsRegistered);
        _transactions.MarkerWriter.CompleteOffsetsWith(_groups.CompleteTransactionAsync);
        _server = OpenConnections(node);
        _configuration.Changed += Reconfigure;
        logEnvironment.DirectoryFailed += OnDirectoryFailed;
    }

    /// <summary>The listeners that answer, with the ports that were bound.</summary>
    public IReadOnlyList<BoundListener> Listeners => _listeners;

    public NodeIdentity Identity => _identity;

    internal ReplicaManager Replicas => _replicas;

    internal MetadataImage Image => _loader.Image;

    /// <summary>
    /// Ends when the node has been stopped; fails when the node cannot go on, with <see cref="DiskException"/>, <see cref="NetworkException"/> or <see cref="InvariantException"/>. Whoever
    /// runs the node then disposes it, which leaves the directories as they are, and ends the process with an error.
    /// </summary>
    public Task Completion => _failure.Completion;

    /// <summary>
    /// Starts a node and returns when it serves clients. Throws <see cref="DiskException"/> for the disk, <see cref="NetworkException"/> for an address that cannot be had, and
    /// <see cref="InvalidDataException"/> for files that cannot be what they should be, and <see cref="TimeoutException"/> when server.max.startup.time.ms is over.
    /// </summary>
    public static async Task<Node> StartAsync(NodeEnvironment environment, NodeConfiguration configuration, CancellationToken cancellationToken)
    {
        var failure = new NodeFailure(environment.Logging.CreateLogger<Node>());
        var workers = new WatchedWorkers(environment.Workers, failure);
        environment = environment with { Workers = workers };
        var state = new NodeConfigurationState(configuration, environment.Logging.CreateLogger<NodeConfigurationState>());
        var logEnvironment = new LogEnvironment(
            BoundOpenFiles(environment), environment.Time, environment.Entropy, environment.Workers, environment.Logging.CreateLogger<LogManager>());
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Min(configuration.ServerMaxStartupTimeMs, int.MaxValue)), environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var logs = new LogManager(logEnvironment, LogOptions(configuration));
        Node node;
        try
        {
            await logs.StartAsync(_ => LogConfigs.From(configuration.TopicDefaults, configuration));
            node = new Node(environment, workers, failure, state, logEnvironment, logs);
        }
        catch
        {
            logs.Abandon();
            throw;
        }

        try
        {
            await failure.OrFailure(node.StartAsync(either.Token));
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
        // Long polls are answered with what there is.
        _stopping.Cancel();
        await _server.StopAsync(_failure.HasFailed ? TimeSpan.Zero : TimeSpan.FromSeconds(5));
        try
        {
            await _failure.OrFailure(LeaveAsync());
            _groups.Dispose();
            _transactions.Dispose();
            _highWatermarks.Dispose();
            _logs.Shutdown(_registrar is { BrokerEpoch: >= 0 } registrar ? registrar.BrokerEpoch : PreviousBrokerEpoch);
        }
        catch (Exception failure) when (_failure.HasFailed && failure is DiskException or NetworkException or InvariantException)
        {
            // It was told to whoever watches Completion.
            await AbandonAsync();
        }

        Release();
    }

    /// <summary>
    /// Ends instead of <see cref="DisposeAsync"/>, and leaves the directories as a killed process does: connections are cut, the cluster is not told, nothing says that the stop was clean.
    /// When the task has ended this node touches the disk no more.
    /// </summary>
    public async ValueTask KillAsync()
    {
        _stopping.Cancel();
        _registrar?.StopBeating();
        await _server.StopAsync(TimeSpan.Zero);
        await AbandonAsync();
        Release();
    }

    /// <summary>What is on the disk is left as it is, and from here on untouched by this node: the next start, in this process perhaps, looks at it as after a crash.</summary>
    private async Task AbandonAsync()
    {
        await _workers.CloseAsync();
        _controller.Dispose();
        _groups.Dispose();
        _transactions.Dispose();
        _highWatermarks.Abandon();
        _logs.Abandon();
    }

    private void Release()
    {
        _mover.Dispose();
        _assignments.Dispose();
        _raft.Dispose();
        _registrar?.Dispose();
        _producerIds.Dispose();
        _wheel.Dispose();
        _failure.End();
    }

    /// <summary>The epoch in which all directories stopped in good order; -1 when one of them did not, or is not here: it may lack what was acknowledged (KIP-966).</summary>
    private long PreviousBrokerEpoch
    {
        get
        {
            var epochs = _logs.Directories.Select(directory => directory.IsOnline ? directory.PreviousBrokerEpoch : CleanShutdownFile.UnknownBrokerEpoch).Distinct().ToList();
            return epochs.Count == 1 ? epochs[0] : CleanShutdownFile.UnknownBrokerEpoch;
        }
    }

    /// <summary>The broker asks leave first, while the quorum still runs; then the controller stands by, and the metadata log is closed.</summary>
    private async Task LeaveAsync()
    {
        if (_registrar is not null)
        {
            await _registrar.StopAsync();
        }

        _controller.Dispose();
        if (_isQuorumRunning)
        {
            await _raft.ShutdownAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        RequireOwnQuorum();
        Bind();
        Subscribe();
        _controller.Start();
        _raft.Register(new MetadataLoaderListener(_loader, _raft));
        _isQuorumRunning = true;
        _raft.Start();
        var node = _configuration.Current;
        if (node.IsBroker)
        {
            _registrar = new BrokerRegistrar(
                _controller, _loader, node, Registration(node), OfflineDirectories, CordonedDirectories, _environment.Time, _environment.Logging.CreateLogger<BrokerRegistrar>());
            await _registrar.StartAsync(cancellationToken);
            _ = _failure.WatchAsync(_registrar.Completion);
        }

        // Clients need nothing of what the controller says about itself: they are served before it is written.
        _server.Start();
        await RegisterControllerAsync(node);
    }

    /// <summary>Who hears of new metadata, in this order: configuration before the replicas that are made with it, the coordinators after the replicas that they read; the snapshot of what all have seen comes last.</summary>
    private void Subscribe()
    {
        var node = _configuration.Current;
        _loader.AddPublisher(_configuration);
        _loader.AddPublisher(_replicas);
        if (node.IsBroker)
        {
            _loader.AddPublisher(_groups.Publisher);
            _loader.AddPublisher(_transactions.Publisher);
        }

        _loader.AddPublisher(new SnapshotGenerator(_raft, _environment.Time, node.MetadataMaxRecordBytesBetweenSnapshots, node.MetadataMaxSnapshotIntervalMs)
        {
            Log = line => _logger.LogWarning("{Line}", line),
        });
    }

    /// <summary>A cluster has one node yet: a quorum of others cannot be joined, and is refused before anything is asked of it.</summary>
    private void RequireOwnQuorum()
    {
        var node = _configuration.Current;
        var voters = _raft.Voters;
        if (voters.Ids.Any(id => id != node.NodeId))
        {
            throw new InvalidDataException(
                $"the metadata quorum has the voters {string.Join(", ", voters.Ids)}: clusters of several nodes are not here yet, and node {node.NodeId} must be the only voter");
        }

        if (!voters.IsVoter(new ReplicaKey(node.NodeId, _raft.DirectoryId)))
        {
            throw new InvalidDataException(
                $"node {node.NodeId} is no voter of the metadata quorum in {node.MetadataLogDir}, and clusters of several nodes are not here yet: where the directory was formatted for static "
                + "voters, set controller.quorum.voters as it was then; the roles must hold controller");
        }
    }

    private static OpenFiles BoundOpenFiles(NodeEnvironment environment)
    {
        var files = new OpenFiles(environment.Disk, OpenFiles.CapacityWithin(environment.FileDescriptorsMax));
        var limit = environment.FileDescriptorsMax is not { } max ? "what is not known to be limited"
            : max == long.MaxValue ? "what is not limited"
            : string.Create(CultureInfo.InvariantCulture, $"the {max} that the process may have open");
        environment.Logging.CreateLogger<Node>().LogInformation("up to {Capacity} files of logs stay open; the rest of {Limit} is for connections", files.Capacity, limit);
        return files;
    }

    private RaftClient OpenQuorum(LogEnvironment logEnvironment)
    {
        var node = _configuration.Current;
        var metadataDirectory = _metadataDirectory.Path;
        var log = MetadataLog.Open(logEnvironment, metadataDirectory, node.MetadataLogSegmentBytes, node.MetadataLogSegmentMs, node.MetadataDeleteDelayMs);
        var options = new RaftClientOptions
        {
            Quorum = new RaftOptions
            {
                NodeId = node.NodeId,
                DirectoryId = _metadataDirectory.Id ?? Uuid.Zero,
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

    private void Reconfigure(NodeConfiguration node)
    {
        _server.Limits = Limits(node);
        Cordon(node);
        _replicas.UpdateAllConfigs();
        _logs.Cleaner.Reconfigure(CleanerOf(node));
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
        Cleaner = CleanerOf(node),
    };

    private static CleanerOptions CleanerOf(NodeConfiguration node) => new()
    {
        Enabled = node.LogCleanerEnable,
        Threads = node.LogCleanerThreads,
        DedupeBufferBytes = node.LogCleanerDedupeBufferBytes,
        DedupeBufferLoadFactor = node.LogCleanerIoBufferLoadFactor,
        IoBufferBytes = node.LogCleanerIoBufferBytes,
        MaxBytesPerSecond = node.LogCleanerIoMaxBytesPerSecond,
        BackoffMs = node.LogCleanerBackoffMs,
    };
}
