using Moldau.Broker;
using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Raft;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>
/// A machine with a disk and an address, on which one node lives again and again: formatted once, started, stopped, killed, and started anew. The disk outlives the lives.
/// </summary>
public sealed class SimMachine
{
    private const int Port = 9092;
    private readonly SimWorld _world;
    private readonly SimNetwork _network;
    private readonly SimRandom _random;
    private readonly Dictionary<string, string> _properties;
    private readonly string[] _directories;

    public SimMachine(SimWorld world, SimNetwork network, string address, IReadOnlyDictionary<string, string> properties, params string[] directories)
    {
        _world = world;
        _network = network;
        _random = world.Random.Fork();
        _directories = directories;
        Address = address;
        Disk = new SimDisk(world);
        _properties = new Dictionary<string, string>
        {
            ["process.roles"] = "broker,controller",
            ["node.id"] = "1",
            ["listeners"] = $"PLAINTEXT://{address}:{Port},CONTROLLER://{address}:9093",
            ["controller.listener.names"] = "CONTROLLER",
            ["controller.quorum.voters"] = $"1@{address}:9093",
            ["log.dirs"] = string.Join(",", directories),
        };
        foreach ((string key, string value) in properties)
        {
            _properties[key] = value;
        }
    }

    public string Address { get; }

    public static int ClientPort => Port;

    public SimDisk Disk { get; }

    /// <summary>Between two pieces of any process: what the environment of the next life is changed to, to stand for a bug; see <see cref="Flaw"/>.</summary>
    public Func<NodeEnvironment, NodeEnvironment>? Decorate { get; set; }

    /// <summary>The life that runs, or ran last.</summary>
    public SimScheduler? Process { get; private set; }

    /// <summary>The node once it serves; null while there is none.</summary>
    public Node? Node { get; private set; }

    /// <summary>How often a node was started.</summary>
    public int Lives { get; private set; }

    public bool IsAlive => Process is { IsAlive: true };

    public void Format() => new StorageFormatter(Disk, new SimTime(_world, new SimScheduler(_world, "format")), new SimEntropy(_random.Fork()))
    {
        ClusterId = "5L6g3nShT-eMCtK--X86sw",
        NodeId = 1,
        Directories = _directories,
        MetadataDirectory = _directories[0],
        HasStaticVoters = true,
    }.Format();

    /// <summary>Begins a life: the task ends when the node serves clients, fails with what kept it from starting, and never ends when the process dies before.</summary>
    public Task StartAsync()
    {
        var process = new SimScheduler(_world, $"node-{++Lives}");
        Process = process;
        Node = null;
        Disk.Died = () => Die(process, silently: _random.OneIn(2));
        var environment = new NodeEnvironment
        {
            Disk = Disk,
            Network = _network.For(process, Address),
            Entropy = new SimEntropy(_random.Fork()),
            Time = process.Time,
            Workers = process,
            Logging = new SimLogging(_world, process.Name),
        };
        environment = Decorate?.Invoke(environment) ?? environment;
        return process.Call(async () => Node = await Node.StartAsync(environment, NodeConfiguration.Load(_properties, []), CancellationToken.None));
    }

    /// <summary>Stops in good order; when the task has ended the process may be buried.</summary>
    public Task StopAsync() => Process!.Call(() => Node!.DisposeAsync().AsTask());

    /// <summary>The process ends, of itself or killed; the machine stays up, or not.</summary>
    public void Crash(CrashKind kind)
    {
        if (Process is { } process)
        {
            Die(process, silently: kind == CrashKind.PowerLoss && _random.OneIn(2));
        }

        _world.Note($"crash: {kind}");
        Node = null;
        Disk.Crash(kind);
    }

    private void Die(SimScheduler process, bool silently)
    {
        process.Kill();
        _network.Kill(process, silently);
    }
}
