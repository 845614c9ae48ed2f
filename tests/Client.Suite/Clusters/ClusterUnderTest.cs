using System.Globalization;
using Moldau.Broker.Tests;
using Moldau.Client.Suite;
using Moldau.Protocol;
using Moldau.Protocol.Api;

[assembly: AssemblyFixture(typeof(ClusterUnderTest))]

namespace Moldau.Client.Suite;

/// <summary>
/// The one cluster that all tests of this suite run against, chosen by MOLDAU_SUITE: <c>embedded</c> (the default), <c>process</c> or <c>kafka</c>. It is started before the first test and stopped
/// after the last. Tests run beside each other on it: each uses topics and groups of its own (<see cref="NewName"/>).
/// </summary>
public sealed class ClusterUnderTest : IAsyncLifetime
{
    /// <summary>What is set in each cluster: groups come together at once, and members hear soon of it.</summary>
    internal static readonly (string Key, string Value)[] Settings =
    [
        ("group.initial.rebalance.delay.ms", "0"), ("group.consumer.min.heartbeat.interval.ms", "100"), ("group.consumer.heartbeat.interval.ms", "200"),
    ];

    private IRunningCluster? _cluster;
    private int _names;

    /// <summary>Whose cluster it is. Tests do not ask, unless Apache Kafka and Moldau differ on purpose.</summary>
    public ClusterKind Kind { get; } = Environment.GetEnvironmentVariable("MOLDAU_SUITE") switch
    {
        null or "" or "embedded" => ClusterKind.Embedded,
        "process" => ClusterKind.Process,
        "kafka" => ClusterKind.Kafka,
        { } other => throw new ArgumentException($"MOLDAU_SUITE={other}: it is embedded, process or kafka"),
    };

    /// <summary>Why nothing can run; null when it can.</summary>
    public string? SkipReason { get; private set; }

    public string BootstrapServers => _cluster!.BootstrapServers;

    /// <summary>What clients must be given as their <see cref="ClientOptions.Seams"/>.</summary>
    public ClientSeams Seams => new() { Network = _cluster!.Network };

    /// <summary>The same options, for this cluster.</summary>
    public T For<T>(T options)
        where T : ClientOptions => (T)((ClientOptions)options with { BootstrapServers = BootstrapServers, Seams = Seams });

    /// <summary>A name for a topic, a group or a transactional id that no other test has.</summary>
    public string NewName(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _names)}");

    /// <summary>Makes a topic of a new name, without the client that is tested.</summary>
    public async Task<string> CreateTopicAsync(string prefix = "topic", int partitions = 1, params (string Key, string Value)[] configs)
    {
        var name = NewName(prefix);
        var address = BootstrapServers.Split(':');
        using var connection = new NodeClient(await _cluster!.Network.ConnectAsync(address[0], int.Parse(address[1], CultureInfo.InvariantCulture), TestContext.Current.CancellationToken), "suite");
        var request = new CreateTopicsRequest
        {
            TimeoutMs = 30_000,
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
        };
        var response = await connection.CallAsync<CreateTopicsResponse>(request, 7);
        response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None, response.Topics.Single().ErrorMessage);
        return name;
    }

    public async ValueTask InitializeAsync()
    {
        switch (Kind)
        {
            case ClusterKind.Embedded:
                _cluster = await EmbeddedCluster.StartAsync();
                break;
            case ClusterKind.Process when Program() is { } program:
                _cluster = await ProcessCluster.StartMoldauAsync(program);
                break;
            case ClusterKind.Kafka when KafkaScript() is { } script:
                _cluster = await ProcessCluster.StartKafkaAsync(script);
                break;
            case ClusterKind.Kafka:
                SkipReason = "Apache Kafka is not here: ../shared/peers/kafka/kafka-node is missing beside the clone";
                break;
            default:
                SkipReason = "the program is not built: ./moldau version builds artifacts/moldau/moldau";
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>What is built: the release program first, as that is what people run. MOLDAU_SUITE_PROGRAM names another.</summary>
    private static string? Program()
    {
        if (Environment.GetEnvironmentVariable("MOLDAU_SUITE_PROGRAM") is { Length: > 0 } named)
        {
            return named;
        }

        return AboveTests(["artifacts/moldau/moldau", "artifacts/bin/Host/debug/moldau"]);
    }

    private static string? KafkaScript() => AboveTests(["../shared/peers/kafka/kafka-node"]);

    /// <summary>The first of these files that exists, from the root of the clone.</summary>
    internal static string? AboveTests(string[] paths)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Moldau.slnx")))
        {
            root = root.Parent;
        }

        return root is null ? null : paths.Select(path => Path.GetFullPath(Path.Combine(root.FullName, path))).FirstOrDefault(File.Exists);
    }
}
