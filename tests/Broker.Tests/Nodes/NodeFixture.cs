using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Configuration;
using Moldau.Controller;
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
    private MemoryNetwork _network = new();
    private Node? _node;
    private int _starts;

    private NodeFixture(Dictionary<string, string> overrides) => _overrides = overrides;

    public MemoryDisk Disk { get; } = new();

    public static async Task<NodeFixture> StartAsync(params (string Key, string Value)[] overrides)
    {
        var fixture = new NodeFixture(overrides.ToDictionary(pair => pair.Key, pair => pair.Value));
        fixture.Format();
        await fixture.StartAsync();
        return fixture;
    }

    public async Task StartAsync()
    {
        _network = new MemoryNetwork();
        var environment = new NodeEnvironment
        {
            Disk = Disk,
            Network = _network,
            Entropy = new SeededEntropy(100 + _starts++),
            Time = TimeProvider.System,
            Workers = new PoolWorkers(),
            Logging = NullLoggerFactory.Instance,
        };
        _node = await Node.StartAsync(environment, Configuration(), TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        await _node!.DisposeAsync();
        _node = null;
    }

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
    public static byte[] Batch(params string[] values)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        foreach (var value in values)
        {
            builder.Append(1_767_225_600_000, null, System.Text.Encoding.UTF8.GetBytes(value));
        }

        return builder.BuildArray();
    }

    public static ProduceRequest Produce(string topic, byte[] batch, short acks = -1, int partition = 0) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = batch }] }],
    };

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
            ["log.dirs"] = "/data",
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
        Directories = ["/data"],
        MetadataDirectory = "/data",
        HasStaticVoters = true,
    }.Format();
}
