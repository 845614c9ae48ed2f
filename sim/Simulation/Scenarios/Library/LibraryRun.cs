using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>One course of the client's scenario: the node, the applications around it, and what is known of the records they sent and read.</summary>
internal sealed partial class LibraryRun
{
    /// <summary>Idempotent producers write it, the groups read it; what is acknowledged is on the device.</summary>
    public const string Plain = "plain";

    /// <summary>Transactional producers write it.</summary>
    public const string Transactional = "transactional";

    /// <summary>What is acknowledged may be lost with the power: its log is cut.</summary>
    public const string Soft = "soft";

    public const int PlainPartitions = 3;
    public const int TransactionalPartitions = 2;
    public const int TransactionTimeoutMs = 6000;
    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly SimNetwork _network;
    private readonly SimMachine _machine;
    private readonly FaultyRequests _faults;
    private readonly List<LibraryClient> _clients = [];
    private readonly SimClient _observer;

    /// <param name="world">The world it is in.</param>
    /// <param name="flaw">A seeded bug, or none.</param>
    /// <param name="isCalm">Whether nothing happens to anybody, and members of groups come and go the more.</param>
    public LibraryRun(SimWorld world, Flaw flaw, bool isCalm)
    {
        IsCalm = isCalm;
        Moldau.Client.ClientFlaws.Use(flaw.Other == OtherBug.None ? null : flaw.Other.ToString());
        _world = world;
        _random = world.Random;
        _network = new SimNetwork(world) { LatencyUsMax = 1 << (isCalm ? _random.Next(8, 16) : _random.Next(4, 14)), Bug = flaw.Other };
        _machine = new SimMachine(world, _network, "10.0.0.1", Properties(isCalm), "data");
        _machine.Disk.Bug = flaw.Disk;
        _faults = new FaultyRequests(world) { HasSlowJoins = isCalm };
        _machine.Decorate = environment => environment with { Interceptor = _faults };
        var observer = new SimScheduler(world, "observer");
        _observer = new SimClient(world, observer, _network.For(observer, "10.0.1.250"), _machine.Address, SimMachine.ClientPort, "observer");
        Records = new RecordModel(world);
        AddClients();
    }

    public SimWorld World => _world;

    public SimNetwork Network => _network;

    public string Bootstrap => $"{_machine.Address}:{SimMachine.ClientPort}";

    public RecordModel Records { get; }

    public Dictionary<string, GroupProgress> Groups { get; } = [];

    /// <summary>Nobody dies, and nothing is lost or refused.</summary>
    public bool IsCalm { get; }

    /// <summary>Faults have ended for good: nobody begins anything new, and what was begun has to end.</summary>
    public bool IsHealing { get; private set; }

    /// <summary>Power losses so far: each may have cut the log of <see cref="Soft"/>.</summary>
    public int PowerLosses { get; private set; }

    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException(what);
        }
    }

    public PartitionLog? LogOf(string topic, int partition) => _machine.Node?.Replicas.Find(topic, partition, out _)?.Log;

    private void AddClients()
    {
        int number = 0;
        string Address() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"10.0.1.{++number}");
        _clients.Add(new PlainSender(this, "plain-a", Address(), _random.Fork(), Plain, PlainPartitions));
        _clients.Add(new PlainSender(this, "plain-b", Address(), _random.Fork(), Plain, PlainPartitions));
        if (!IsCalm)
        {
            _clients.Add(new PlainSender(this, "soft", Address(), _random.Fork(), Soft, 1));
            _clients.Add(new TransactionalSender(this, "tx-a", Address(), _random.Fork()));
            _clients.Add(new TransactionalSender(this, "tx-b", Address(), _random.Fork()));
            _clients.Add(new TailReader(this, "committed", Address(), _random.Fork(), Transactional, TransactionalPartitions, isCommittedOnly: true));
            _clients.Add(new TailReader(this, "tail", Address(), _random.Fork(), Soft, 1, isCommittedOnly: false));
        }

        foreach (string name in new[] { "classic", "modern" })
        {
            Groups.Add(name, new GroupProgress(_world, name, PlainPartitions, commitsItself: _random.OneIn(IsCalm ? 4 : 2)));
            int strategy = _random.Next(IsCalm ? 2 : 3);
            for (int member = 0; member < (IsCalm ? 3 : 2); member++)
            {
                _clients.Add(new GroupReader(this, $"{name}-{(char)('a' + member)}", Address(), _random.Fork(), Groups[name], name == "modern", strategy));
            }
        }
    }

    private static Dictionary<string, string> Properties(bool isCalm) => new()
    {
        ["broker.heartbeat.interval.ms"] = "30000",
        ["broker.session.timeout.ms"] = "120000",
        ["metadata.max.idle.interval.ms"] = "60000",
        ["offsets.topic.replication.factor"] = "1",
        ["offsets.topic.num.partitions"] = "2",
        ["transaction.state.log.replication.factor"] = "1",
        ["transaction.state.log.min.isr"] = "1",
        ["transaction.state.log.num.partitions"] = "2",
        ["transaction.abort.timed.out.transaction.cleanup.interval.ms"] = "1000",
        ["auto.create.topics.enable"] = "false",
        ["group.initial.rebalance.delay.ms"] = "100",
        ["group.min.session.timeout.ms"] = "1000",
        ["group.consumer.min.session.timeout.ms"] = "1000",
        ["group.consumer.session.timeout.ms"] = isCalm ? "30000" : "2000",
        ["group.consumer.min.heartbeat.interval.ms"] = "100",
        ["group.consumer.heartbeat.interval.ms"] = "400",
    };

    private async Task CreateTopicsAsync()
    {
        var response = await _observer.CallAsync<CreateTopicsResponse>(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new() { Name = Plain, NumPartitions = PlainPartitions, ReplicationFactor = 1 },
                    new() { Name = Transactional, NumPartitions = TransactionalPartitions, ReplicationFactor = 1 },
                    new() { Name = Soft, NumPartitions = 1, ReplicationFactor = 1, Configs = [new CreateTopicsRequest.CreatableTopicConfig { Name = "durability", Value = "kafka" }] },
                ],
            },
            7);
        foreach (CreateTopicsResponse.CreatableTopicResult topic in response.Topics)
        {
            Require(topic.ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists, $"creating {topic.Name} is answered with {topic.ErrorCode} {topic.ErrorMessage}");
        }
    }

    /// <summary>What a group has committed now, as the coordinator says; null when it does not say.</summary>
    private async Task<long[]?> CommittedAsync(string group)
    {
        var response = await _observer.CallAsync<OffsetFetchResponse>(
            new OffsetFetchRequest { Groups = [new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = group, MemberId = null, MemberEpoch = -1, Topics = null }] }, 9);
        if (response.Groups[0].ErrorCode != ErrorCode.None)
        {
            return null;
        }

        long[] offsets = [.. Enumerable.Repeat(0L, PlainPartitions)];
        foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in response.Groups[0].Topics.SelectMany(topic => topic.Partitions))
        {
            offsets[partition.PartitionIndex] = partition.CommittedOffset;
        }

        return offsets;
    }
}
