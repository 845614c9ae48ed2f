using Moldau.Client;
using Moldau.Embedded;

namespace Moldau.Testing;

/// <summary>
/// A node for tests: the production engine in this process (<see cref="MoldauNode"/>), with a clock that can be advanced and faults that can be injected. Each is a cluster of its own, with
/// nothing shared: tests may run beside each other, each with one.
/// <para>
/// <see cref="StopAsync"/>, <see cref="CrashAsync"/> and <see cref="RestartAsync"/> may follow each other, called by one thread at a time; everything else by any thread. Disposing stops the node
/// and takes its faults back first.
/// </para>
/// </summary>
public sealed class TestNode : IAsyncDisposable
{
    private IDisposable? _flow;

    private TestNode(MoldauNode node, NodeTime time, NodeFaults faults, IDisposable? flow)
    {
        Node = node;
        Time = time;
        Faults = faults;
        _flow = flow;
    }

    /// <summary>The node itself.</summary>
    public MoldauNode Node { get; }

    /// <summary>Its clock.</summary>
    public NodeTime Time { get; }

    /// <summary>What goes wrong with it.</summary>
    public NodeFaults Faults { get; }

    /// <summary>Where clients connect: <c>host:port</c>. It stays the same over stops and starts.</summary>
    public string BootstrapServers => Node.BootstrapServers;

    /// <summary>What a client of Moldau.Client needs to reach the node, with sockets and without: its <see cref="ClientOptions.Seams"/>. The client keeps the system's clock.</summary>
    public ClientSeams Seams => new() { Network = Node.Network };

    /// <summary>Starts a node and returns when clients are served. With no options it keeps everything in memory, takes a free port of 127.0.0.1, and has the system's clock.</summary>
    /// <param name="configure">Fills in the options; may be null.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <remarks>Throws what <see cref="MoldauNode"/> throws.</remarks>
    public static async Task<TestNode> StartAsync(Action<TestNodeOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new TestNodeOptions();
        configure?.Invoke(options);
        var time = new NodeTime(options.UsesVirtualTime, options.StartTime);
        var faults = new NodeFaults(time.Provider);
        Prepare(options, time, faults);
        var flow = time.Flow();
        try
        {
            return new TestNode(await MoldauNode.StartAsync(options, cancellationToken).ConfigureAwait(false), time, faults, flow);
        }
        catch
        {
            flow?.Dispose();
            throw;
        }
    }

    /// <summary>The same options of a client, for this node: with its address and its network. The clock, the logging and the randomness of <see cref="ClientOptions.Seams"/> stay what they are.</summary>
    public T For<T>(T options)
        where T : ClientOptions => (T)((ClientOptions)options with { BootstrapServers = BootstrapServers, Seams = options.Seams with { Network = Node.Network } });

    /// <summary>Stops in good order: what is under way is answered, everything is on the disk. Does nothing when the node does not run.</summary>
    public async Task StopAsync()
    {
        Faults.OnStopping();
        await Node.StopAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the node as a kill does, or, with <paramref name="losesUnsyncedBytes"/>, as a loss of power does; that is for nodes in memory. See <see cref="MoldauNode.CrashAsync"/>.
    /// </summary>
    public async Task CrashAsync(bool losesUnsyncedBytes = false)
    {
        Faults.OnStopping();
        Faults.Disk.Suspend(true);
        await Node.CrashAsync(losesUnsyncedBytes).ConfigureAwait(false);
    }

    /// <summary>Starts the node again on its disk and at its address, after stopping it where it runs. Faults that were not taken back are still there.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync().ConfigureAwait(false);
        Faults.OnStarting();
        Faults.Disk.Suspend(false);
        await Node.RestartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the faults back and stops the node in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        await StopAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref _flow, null)?.Dispose();
    }

    private static void Prepare(TestNodeOptions options, NodeTime time, NodeFaults faults)
    {
        var seams = options.Seams;
        seams.Time = time.Provider;
        seams.Workers = time.Workers;
        seams.Entropy = options.Seed is { } seed ? new SeededEntropy(seed) : seams.Entropy;
        seams.Interceptor = faults;
        seams.DecorateDisk = disk => new FaultyDisk(disk, faults.Disk);
        seams.DecorateNetwork = network => new FaultyNetwork(network, faults.Network);
        if (time.IsVirtual)
        {
            AddVirtualDefaults(options);
        }
    }

    /// <summary>What the node does every few seconds for itself alone is done rarely, so that weeks pass in a moment: a cluster of one loses no session to
    /// itself, and clients that live by other clocks lose no connection.</summary>
    private static void AddVirtualDefaults(TestNodeOptions options)
    {
        foreach (var (key, value) in ((string Key, string Value)[])
        [
            ("connections.max.idle.ms", "315360000000"),
            ("broker.session.timeout.ms", "2147483647"),
            ("broker.heartbeat.interval.ms", "600000"),
            ("replica.high.watermark.checkpoint.interval.ms", "300000"),
            ("log.flush.offset.checkpoint.interval.ms", "300000"),
            ("log.flush.start.offset.checkpoint.interval.ms", "300000"),
        ])
        {
            if (!options.Overrides.ContainsKey(key))
            {
                options.Override(key, value);
            }
        }
    }
}
