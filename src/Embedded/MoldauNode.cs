using System.Net;
using Microsoft.Extensions.Logging;
using Moldau.Broker;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Runtime.Os;

namespace Moldau.Embedded;

/// <summary>
/// A node of Moldau in this process: the production engine, a cluster of one. Several of them may run side by side, each a cluster of its own.
/// <para>
/// <c>StartAsync</c> returns when clients are served. <see cref="StopAsync"/>, or <see cref="CrashAsync"/>, and <see cref="RestartAsync"/> may follow each other; the disk outlives them.
/// Disposing stops the node. These are called by one thread at a time; everything else by any thread.
/// </para>
/// <para>
/// It changes nothing that belongs to the process: no environment variable, no signal handler, no console, no setting of the runtime. Its work runs on the thread pool, and what awaits it never
/// continues on one of its own loops.
/// </para>
/// </summary>
public sealed class MoldauNode : IAsyncDisposable
{
    private readonly MoldauNodeOptions _options;
    private readonly IWorkers _workers;
    private readonly IEntropy _entropy;
    private readonly MemoryNetwork? _memoryNetwork;
    private IDisk _disk;
    private Node? _node;
    private NodeConfiguration _configuration;
    private IPEndPoint? _boundTo;

    private MoldauNode(MoldauNodeOptions options, NodeConfiguration configuration)
    {
        _options = options;
        _configuration = configuration;
        _workers = options.Seams.Workers ?? new OsWorkers();
        _entropy = options.Seams.Entropy ?? new OsEntropy();
        _memoryNetwork = options.UsesSockets ? null : options.Seams.Network ?? new MemoryNetwork(completesInline: false);
        _disk = options.Directory is null ? new MemoryDisk(options.Seams.Time) : new OsDisk();
        Network = (INetwork?)_memoryNetwork ?? Sockets(configuration);
    }

    /// <summary>Where clients connect: <c>host:port</c>. It stays the same over stops and starts.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>
    /// The network by which clients in this process reach the node: one in memory when <see cref="MoldauNodeOptions.UsesSockets"/> is false, else the machine's. Connect to the host and port of
    /// <see cref="BootstrapServers"/>.
    /// </summary>
    public INetwork Network { get; }

    /// <summary>As of the formatted directory. Throws <see cref="InvalidOperationException"/> when the node does not run.</summary>
    public string ClusterId => Running.Identity.ClusterId;

    /// <summary><c>node.id</c>.</summary>
    public int NodeId => _configuration.NodeId;

    /// <summary>Whether the node serves clients: it was started, and neither stopped nor killed since.</summary>
    public bool IsRunning => _node is not null;

    /// <summary>
    /// Of the node that runs: ends when it is stopped; fails when it cannot go on, with <see cref="DiskException"/>, <see cref="NetworkException"/> or <see cref="InvariantException"/>. Throws
    /// <see cref="InvalidOperationException"/> when it does not run.
    /// </summary>
    public Task Completion => Running.Completion;

    /// <summary>The files of a node in memory as they are now; null for one on a directory. <see cref="CrashAsync"/> puts another in its place.</summary>
    public MemoryDisk? MemoryDisk => _disk as MemoryDisk;

    private Node Running => _node ?? throw new InvalidOperationException("the node does not run: it was stopped or killed, and not started again");

    /// <summary>Starts a node and returns when clients are served. With no options it keeps everything in memory and takes a free port of 127.0.0.1.</summary>
    /// <param name="configure">Fills in the options; may be null.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ConfigurationException">A key is unknown, or a value is not one for it.</exception>
    /// <exception cref="DiskException">The directory cannot be used; where another process or node holds it, the message says so.</exception>
    /// <exception cref="NetworkException">The address cannot be had.</exception>
    /// <exception cref="InvalidDataException">The directory holds something else than it should, or the node would be one of several controllers.</exception>
    /// <exception cref="TimeoutException">server.max.startup.time.ms is over.</exception>
    public static async Task<MoldauNode> StartAsync(Action<MoldauNodeOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new MoldauNodeOptions();
        configure?.Invoke(options);
        return await StartAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="StartAsync(Action{MoldauNodeOptions}?, CancellationToken)"/>, with options that are filled in already and that nobody changes any more.</summary>
    public static async Task<MoldauNode> StartAsync(MoldauNodeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> warnings = [];
        var node = new MoldauNode(options, NodeProperties.Load(options, options.Port, warnings));
        var log = options.Logging.CreateLogger<MoldauNode>();
        foreach (var warning in warnings)
        {
            log.LogWarning("{Warning}", warning);
        }

        await node.StartNodeAsync(cancellationToken).ConfigureAwait(false);
        return node;
    }

    /// <summary>Stops in good order: what is under way is answered, everything is on the disk. Does nothing when the node does not run.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _node, null) is { } node)
        {
            await Boundary.CallAsync(_workers, node.DisposeAsync).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends the node as a kill does: connections are cut, nothing says that the stop was clean, and the next start recovers. Without <paramref name="losesUnsyncedBytes"/> the disk keeps every
    /// write, as after a kill of the process; with it files lose what was not synced, as after a loss of power. That is for nodes in memory: on a directory it throws
    /// <see cref="NotSupportedException"/>. Does nothing when the node does not run.
    /// </summary>
    public async Task CrashAsync(bool losesUnsyncedBytes = false)
    {
        if (losesUnsyncedBytes && _disk is not Moldau.Runtime.Memory.MemoryDisk)
        {
            throw new NotSupportedException("what the operating system has taken is not lost by anything that this process can do: only a node in memory can lose unsynced bytes");
        }

        if (Interlocked.Exchange(ref _node, null) is not { } node)
        {
            return;
        }

        // The copy comes last: what was acknowledged while connections were being cut is in it.
        await Boundary.CallAsync(_workers, node.KillAsync).ConfigureAwait(false);
        if (MemoryDisk is { } memory)
        {
            _disk = losesUnsyncedBytes ? memory.CloneSynced() : memory.Clone();
        }
    }

    /// <summary>
    /// Starts the node again on its disk, at its address, with the same options: after a stop or a crash, or, while it runs, after stopping it first. Throws what a first start throws.
    /// </summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync().ConfigureAwait(false);
        await StartNodeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the node in good order.</summary>
    public ValueTask DisposeAsync() => new(StopAsync());

    private static OsNetwork Sockets(NodeConfiguration configuration) => new(new OsNetworkOptions
    {
        BacklogSize = configuration.SocketListenBacklogSize,
        SendBufferBytes = configuration.SocketSendBufferBytes,
        ReceiveBufferBytes = configuration.SocketReceiveBufferBytes,
        UsesInlineCompletions = false,
    });

    private async Task StartNodeAsync(CancellationToken cancellationToken)
    {
        var seams = _options.Seams;
        if (_boundTo is not null)
        {
            // Clients of the node that was go on with this one.
            _configuration = NodeProperties.Load(_options, _boundTo.Port, []);
        }

        var environment = new NodeEnvironment
        {
            Disk = seams.DecorateDisk?.Invoke(_disk) ?? _disk,
            Network = seams.DecorateNetwork?.Invoke(Network) ?? Network,
            Entropy = _entropy,
            Time = seams.Time,
            Workers = _workers,
            Logging = _options.Logging,
            FileDescriptorsMax = _disk is OsDisk ? FileDescriptors.RaiseLimit() : null,
            Interceptor = seams.Interceptor,
        };
        _node = await Boundary.CallAsync(_workers, () =>
        {
            NodeStorage.FormatWhenNew(environment.Disk, _configuration, _options.ClusterId, seams.Time, _entropy, _options.Logging.CreateLogger("Moldau.Storage"));
            return Node.StartAsync(environment, _configuration, cancellationToken);
        }).ConfigureAwait(false);
        var clients = _node.Listeners.First(listener => listener.Endpoint.Kind == ListenerKind.Broker);
        _boundTo = clients.LocalEndPoint;
        var host = clients.Endpoint.AdvertisedHost is { Length: > 0 } advertised ? advertised : clients.Endpoint.Host;
        BootstrapServers = new HostPort(host, clients.AdvertisedPort).ToString();
    }
}
