using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Raft;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Broker.Tests;

/// <summary>A whole node in memory: its disk outlives it, so that it can be stopped, or killed, and started again.</summary>
internal sealed class NodeFixture : IAsyncDisposable
{
    private const string Host = "127.0.0.1";
    private const int Port = 9092;
    private readonly Dictionary<string, string> _overrides;
    private readonly MemoryNetwork _network = new();
    private Node? _node;
    private int _starts;

    private readonly string[] _directories;

    private NodeFixture(Dictionary<string, string> overrides, string[] directories)
    {
        _overrides = overrides;
        _directories = directories;
    }

    public MemoryDisk Disk { get; private set; } = new();

    /// <summary>What the node said, in all its starts.</summary>
    public RecordingLoggerFactory Log { get; } = new();

    /// <summary>What the node gets instead of a connection that it accepts.</summary>
    public Func<INetworkConnection, INetworkConnection>? Accepted { get; set; }

    /// <summary>What the next start is told of the process.</summary>
    public long? FileDescriptorsMax { get; set; }

    /// <summary>As of the node that runs.</summary>
    public Task Completion => _node!.Completion;

    public static Task<NodeFixture> StartAsync(params (string Key, string Value)[] overrides) => StartAsync(["/data"], overrides);

    public static async Task<NodeFixture> StartAsync(string[] directories, params (string Key, string Value)[] overrides)
    {
        var fixture = new NodeFixture(overrides.ToDictionary(pair => pair.Key, pair => pair.Value), directories);
        fixture.Format();
        await fixture.StartAsync();
        return fixture;
    }

    /// <summary>Takes the node's address away from its next start, until disposed.</summary>
    public IDisposable TakeAddress() => _network.Listen(Host, Port);

    public async Task StartAsync()
    {
        var environment = new NodeEnvironment
        {
            Disk = Disk,
            Network = new WrappedNetwork(_network, connection => Accepted?.Invoke(connection) ?? connection),
            Entropy = new SeededEntropy(100 + _starts++),
            Time = TimeProvider.System,
            Workers = new PoolWorkers(),
            Logging = Log,
            FileDescriptorsMax = FileDescriptorsMax,
        };
        _node = await Node.StartAsync(environment, Configuration(), TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        await _node!.DisposeAsync();
        _node = null;
    }

    /// <summary>The next start finds this disk.</summary>
    public void Replace(MemoryDisk disk) => Disk = disk;

    /// <summary>A connection for bytes of any kind.</summary>
    public async Task<TestPeer> ConnectRawAsync(string from, int port = Port) => new(await _network.ConnectAsync(from, Host, port, TestContext.Current.CancellationToken));

    public async Task<NodeClient> ConnectAsync(string clientId = "test") =>
        new(await _network.ConnectAsync(Host, Port, TestContext.Current.CancellationToken), clientId);

    public async Task CreateTopicAsync(string name, int partitions = 1, params (string Key, string Value)[] configs)
    {
        using var client = await ConnectAsync();
        var response = await client.CallAsync<CreateTopicsResponse>(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new()
                    {
                        Name = name,
                        NumPartitions = partitions,
                        ReplicationFactor = 1,
                        Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
                    },
                ],
            },
            7);
        response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None, response.Topics.Single().ErrorMessage);
    }

    /// <summary>A batch of records with these values.</summary>
    public static byte[] Batch(params string[] values) => Batch(1_767_225_600_000, values);

    /// <summary>The same at another time.</summary>
    public static byte[] Batch(long timestampMs, params string[] values)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        foreach (var value in values)
        {
            builder.Append(timestampMs, null, System.Text.Encoding.UTF8.GetBytes(value));
        }

        return builder.BuildArray();
    }

    public static ProduceRequest Produce(string topic, byte[] batch, short acks = -1, int partition = 0) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = batch }] }],
    };

    /// <summary>Asks for the first partitions of a topic, without a session unless an epoch is given.</summary>
    public static FetchRequest Fetch(string topic, long offset = 0, int partitions = 1, int maxWaitMs = 500, int sessionEpoch = -1) => new()
    {
        MaxWaitMs = maxWaitMs,
        MinBytes = 1,
        SessionEpoch = sessionEpoch,
        Topics =
        [
            new()
            {
                Topic = topic,
                Partitions = [.. Enumerable.Range(0, partitions).Select(index => new FetchRequest.FetchPartition { Partition = index, FetchOffset = offset, PartitionMaxBytes = 1 << 20 })],
            },
        ],
    };

    /// <summary>Returns once a request waits for the first partition of the topic.</summary>
    public async Task WhenWaitingAsync(string topic)
    {
        while (_node!.Replicas.Find(topic, 0, out _) is not { WaiterCount: > 0 })
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Returns once it is so, by the metadata that the node has.</summary>
    public async Task WhenAsync(Predicate<MetadataImage> isSo)
    {
        while (!isSo(_node!.Image))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>The next start finds the disk as it is now, as after a kill.</summary>
    public async Task CrashAsync()
    {
        var left = Disk.Clone();
        await StopAsync();
        Disk = left;
    }

    /// <summary>The first partition of the topic whose log lies in the directory.</summary>
    public int PartitionIn(string directory, string topic) =>
        int.Parse(Disk.List(directory).Select(entry => entry.Name).Order().First(name => name.StartsWith($"{topic}-", StringComparison.Ordinal))[(topic.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await StopAsync();
        }
    }

    private NodeConfiguration Configuration()
    {
        var properties = new Dictionary<string, string>
        {
            ["process.roles"] = "broker,controller",
            ["node.id"] = "1",
            ["listeners"] = $"PLAINTEXT://{Host}:{Port},CONTROLLER://{Host}:9093",
            ["controller.listener.names"] = "CONTROLLER",
            ["controller.quorum.voters"] = $"1@{Host}:9093",
            ["log.dirs"] = string.Join(",", _directories),
        };
        foreach (var (key, value) in _overrides)
        {
            properties[key] = value;
        }

        return NodeConfiguration.Load(properties, []);
    }

    private void Format() => new StorageFormatter(Disk, TimeProvider.System, new SeededEntropy(3))
    {
        ClusterId = "5L6g3nShT-eMCtK--X86sw",
        NodeId = 1,
        Directories = _directories,
        MetadataDirectory = _overrides.GetValueOrDefault("metadata.log.dir", _directories[0]),
        HasStaticVoters = true,
    }.Format();
}
