using System.Globalization;
using System.Text;
using Moldau.Broker;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>One course of the node scenario: busy and quiet times, faults in between, the lives of the node on its machine, and the model beside them.</summary>
internal sealed partial class NodeRun
{
    private const string Root = "data";
    private const string Address = "10.0.0.1";

    /// <summary>Longer than a client waits for an answer.</summary>
    private const long OnTheWayMs = 60_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly List<(PartitionModel Partition, SentBatch Batch, long Ms)> _onTheWay = [];
    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly SimNetwork _network;
    private readonly SimMachine _machine;
    private readonly HashSet<long> _producerIds = [];
    private readonly List<TopicModel> _allTopics = [];
    private TaskCompletionSource _busy = new();
    private bool _diskIsFull;
    private long? _fullUntilTicks;
    private bool _diskFails;
    private long _lastNumber;

    public NodeRun(SimWorld world, Flaw flaw)
    {
        _world = world;
        _random = world.Random;
        _network = new SimNetwork(world) { LatencyUsMax = 1 << _random.Next(4, 14) };
        _machine = new SimMachine(world, _network, Address, Properties(), Root);
        _machine.Disk.Bug = flaw.Disk;
        _network.Bug = flaw.Other;
        Flaw = flaw;
        if (flaw.Other == OtherBug.ClockAhead)
        {
            _machine.Decorate = environment => environment with { Time = new AheadTime(environment.Time, TimeSpan.FromDays(10)) };
        }

        Checks = new NodeChecks(this);
    }

    /// <summary>Those that are there, as far as clients know.</summary>
    public List<TopicModel> Topics { get; } = [];

    public NodeChecks Checks { get; }

    public Flaw Flaw { get; }

    /// <summary>Clients that are in the midst of something.</summary>
    public int Active { get; set; }

    public SimWorld World => _world;

    public SimMachine Machine => _machine;

    /// <summary>Completes while the world is busy.</summary>
    public Task WhenBusyAsync() => _busy.Task;

    public void Run(int rounds)
    {
        _machine.Format();
        Begin(null);
        StartClients();
        for (int round = 0; round < rounds; round++)
        {
            _world.Note($"round {round}");
            DrawFault();
            BeBusy(_random.Next(20, 400));
            if (!_machine.IsAlive || _diskFails)
            {
                Restart(_diskFails ? CrashKind.PowerLoss : null);
                continue;
            }

            EndRound();
        }

        Rest();
        Finish();
    }

    public void AddTopic(string name, Uuid id, int partitions, Dictionary<string, string> configs)
    {
        var topic = new TopicModel(name, id) { PartitionsAsked = partitions };
        foreach ((string key, string value) in configs)
        {
            topic.Configs[key] = [value];
        }

        topic.Partitions.AddRange(Enumerable.Range(0, partitions).Select(index => NewPartition(topic, index)));
        Topics.Add(topic);
        _allTopics.Add(topic);
    }

    /// <summary>A partition that was made just now. What was sent by name to one of its name before may have been on its way all the time, and lands here.</summary>
    public PartitionModel NewPartition(TopicModel topic, int index)
    {
        var partition = new PartitionModel(topic, index);
        foreach (SentRecord record in _onTheWay.Where(sent => sent.Partition.Name == partition.Name && sent.Ms >= _world.NowMs - OnTheWayMs).SelectMany(sent => sent.Batch.Records))
        {
            partition.Sent.TryAdd(record.Number, record);
        }

        return partition;
    }

    /// <summary>A batch is sent to whatever topic has that name when it arrives.</summary>
    public void SendByName(PartitionModel partition, SentBatch batch) => _onTheWay.Add((partition, batch, _world.NowMs));

    public void Arrive(SentBatch batch) => _onTheWay.RemoveAll(sent => sent.Batch == batch);

    public PartitionModel? PickPartition(SimRandom random)
    {
        TopicModel[] live = [.. Topics.Where(topic => topic.State == TopicState.Live)];
        if (live.Length == 0)
        {
            return null;
        }

        TopicModel topic = live[random.Next(live.Length)];
        return topic.Partitions[random.Next(topic.Partitions.Count)];
    }

    public SentBatch NewBatch(PartitionModel partition, SimRandom random, long producerId, short epoch, int sequence, short acks)
    {
        int count = random.Next(1, 5);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence });
        SentRecord[] records = new SentRecord[count];
        for (int i = 0; i < count; i++)
        {
            long number = ++_lastNumber;
            string key = string.Create(CultureInfo.InvariantCulture, $"k{random.Next(6)}");
            string? value = string.Create(CultureInfo.InvariantCulture, $"{number} {partition.Name} {new string('x', random.Next(150))}");
            records[i] = new SentRecord(number, key, value, _world.NowMs + i);
            partition.Sent.Add(number, records[i]);
            builder.Append(records[i].Timestamp, Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(value));
        }

        var batch = new SentBatch(_lastNumber, records, builder.BuildArray(), producerId, epoch, sequence, acks, _machine.Lives);
        return batch;
    }

    /// <summary>Producer ids are never given twice, whatever happens in between.</summary>
    public void RequireNewProducer(long producerId)
    {
        if (!_producerIds.Add(producerId))
        {
            throw new SimulationFailedException($"producer id {producerId} was given twice");
        }
    }

    /// <summary>An error that the state of the world explains; any other breaks the scenario.</summary>
    public void RequireMayFail(PartitionModel? partition, ErrorCode error, string? message)
    {
        bool borne = error switch
        {
            ErrorCode.KafkaStorageError => _diskFails || WasDiskFull,
            ErrorCode.NotEnoughReplicas or ErrorCode.PolicyViolation => WasDiskFull,
            ErrorCode.RequestTimedOut or ErrorCode.NotLeaderOrFollower or ErrorCode.LeaderNotAvailable or ErrorCode.NotController or ErrorCode.CoordinatorLoadInProgress => true,
            ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId => partition is { Topic.State: not TopicState.Live } || _diskFails,
            _ => false,
        };
        if (!borne)
        {
            throw new SimulationFailedException($"{partition?.Name}: {error} {message} has no reason");
        }
    }

    public void RequireGone(PartitionModel partition, long offset)
    {
        Checks.NoteStart(partition);
        long end = Checks.LogOf(partition)?.LogEndOffset ?? long.MaxValue;
        partition.Require(offset < partition.Start || offset > end || partition.Topic.State != TopicState.Live, $"I7: offset {offset} is out of range, the log is from {partition.Start} to {end}");
    }

    /// <summary>It is full, or was a short while ago: what was refused then is tried again now and then only.</summary>
    private bool WasDiskFull => _diskIsFull || (_fullUntilTicks is { } until && _world.Ticks < until + Patience.Ticks);

    private static Dictionary<string, string> Properties() => new()
    {
        ["broker.heartbeat.interval.ms"] = "30000",
        ["broker.session.timeout.ms"] = "120000",
        ["log.initial.task.delay.ms"] = "5000",
        ["log.cleaner.backoff.ms"] = "60000",
        ["auto.create.topics.enable"] = "false",
        ["metadata.max.idle.interval.ms"] = "60000",
    };

    private void StartClients()
    {
        int number = 0;
        SimClient Client(string kind)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{kind}-{++number}");
            var process = new SimScheduler(_world, id);
            return new SimClient(_world, process, _network.For(process, string.Create(CultureInfo.InvariantCulture, $"10.0.1.{number}")), Address, SimMachine.ClientPort, id);
        }

        new Administrator(this, Client("admin"), _random.Fork()).Start();
        new PlainProducer(this, Client("plain"), _random.Fork()).Start();
        new PlainProducer(this, Client("plain"), _random.Fork()).Start();
        new IdempotentProducer(this, Client("idempotent"), _random.Fork()).Start();
        new IdempotentProducer(this, Client("idempotent"), _random.Fork()).Start();
        new Consumer(this, Client("consumer"), _random.Fork()).Start();
        new Consumer(this, Client("consumer"), _random.Fork()).Start();
    }
}
