using System.Globalization;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>One course of the coordinators' scenario: clients at work, faults, the lives of the node, and what its clients know beside it.</summary>
internal sealed partial class CoordinatorsRun
{
    public const string Input = "input";
    public const string Output = "output";
    public const string Classic = "classic";
    public const string Modern = "modern";
    public const int InputPartitions = 4;
    public const int OutputPartitions = 2;
    public const int SessionTimeoutMs = 2000;
    public const int TransactionTimeoutMs = 2500;
    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly SimNetwork _network;
    private readonly SimMachine _machine;
    private readonly List<CoordinatorClient> _clients = [];
    private readonly List<Transaction> _transactions = [];
    private readonly Dictionary<long, Transaction> _transactionOf = [];
    private readonly Dictionary<Transaction, bool> _decisions = [];
    private readonly Dictionary<(int Partition, long Offset), List<Transaction>> _loopCommits = [];
    private readonly long[] _stable = new long[OutputPartitions];
    private readonly long[] _loopOffsets = [.. Enumerable.Repeat(-1L, InputPartitions)];
    private readonly List<(string Member, int Generation, int[] Owned)> _classicGhosts = [];
    private SimClient _observer = null!;
    private TaskCompletionSource _busy = new();
    private long _lastNumber;

    public CoordinatorsRun(SimWorld world, Flaw flaw)
    {
        _world = world;
        _random = world.Random;
        _network = new SimNetwork(world) { LatencyUsMax = 1 << _random.Next(4, 14), Bug = flaw.Other };
        _machine = new SimMachine(world, _network, "10.0.0.1", Properties(), "data");
        _machine.Disk.Bug = flaw.Disk;
        Flaw = flaw;
        ClassicGroup = new GroupModel(world, Classic, InputPartitions, SessionTimeoutMs);
        ModernGroup = new GroupModel(world, Modern, InputPartitions, SessionTimeoutMs);
    }

    public Flaw Flaw { get; }

    public SimWorld World => _world;

    public GroupModel ClassicGroup { get; }

    public GroupModel ModernGroup { get; }

    public Uuid InputId { get; private set; }

    public int Active { get; set; }

    /// <summary>Faults have ended; clients finish what they are at, and begin nothing new.</summary>
    public bool IsHealing { get; private set; }

    public Task WhenBusyAsync() => _busy.Task;

    public Transaction NewTransaction(string transactionalId)
    {
        var transaction = new Transaction(transactionalId, _transactions.Count);
        _transactions.Add(transaction);
        return transaction;
    }

    public List<long> NewRecords(Transaction transaction, int partition, int count)
    {
        List<long> numbers = [.. Enumerable.Range(0, count).Select(_ => ++_lastNumber)];
        if (!transaction.Records.TryGetValue(partition, out List<long>? records))
        {
            transaction.Records.Add(partition, records = []);
        }

        records.AddRange(numbers);
        numbers.ForEach(number => _transactionOf.Add(number, transaction));
        return numbers;
    }

    public Transaction TransactionOf(long number) => _transactionOf[number];

    /// <summary>T2: one decision for each transaction, wherever it is seen.</summary>
    public void Decide(Transaction transaction, bool isCommit, string how)
    {
        transaction.Require(!_decisions.TryGetValue(transaction, out bool before) || before == isCommit, $"T2: {how} says {(isCommit ? "commit" : "abort")}, another says the opposite");
        _decisions[transaction] = isCommit;
        if (isCommit)
        {
            transaction.Commit(how);
        }
        else
        {
            transaction.Abort(how);
        }
    }

    public void SeeCommitted(int partition, long offset, long number)
    {
        Require(_transactionOf.TryGetValue(number, out Transaction? transaction), $"T5: {Output}-{partition} has record {number} at offset {offset}, which nobody sent");
        transaction!.Commit($"record {number} was read at offset {offset} of {Output}-{partition}");
    }

    /// <summary>T4, as clients see it.</summary>
    public void SeeStable(int partition, long stable, long highWatermark)
    {
        Require(stable <= highWatermark, $"T4: the last stable offset of {Output}-{partition} is {stable}, the high watermark {highWatermark}");
        Require(stable >= _stable[partition], $"T4: the last stable offset of {Output}-{partition} went from {_stable[partition]} back to {stable}");
        _stable[partition] = stable;
    }

    /// <summary>What anybody has read by now: whoever asks after this must not get less.</summary>
    public long KnownLoopOffset(int partition) => _loopOffsets[partition];

    public void LoopCommits(int partition, long offset, Transaction transaction)
    {
        if (!_loopCommits.TryGetValue((partition, offset), out List<Transaction>? transactions))
        {
            _loopCommits.Add((partition, offset), transactions = []);
        }

        transactions.Add(transaction);
    }

    /// <summary>T8: an offset that a loop committed is seen only once its transaction is.</summary>
    public void ReadLoopOffset(int partition, long offset, long knownBefore)
    {
        Require(offset >= knownBefore, $"T8: the offset of {Input}-{partition} went from {knownBefore} back to {offset}");
        Require(offset < 1 || (_loopCommits.TryGetValue((partition, offset), out List<Transaction>? transactions) && transactions.Exists(transaction => transaction is { MayCommit: true, IsAborted: false })),
            $"T8: offset {offset} of {Input}-{partition} is committed, and no transaction that wrote it");
        _loopOffsets[partition] = Math.Max(_loopOffsets[partition], offset);
    }

    public (string Member, int Epoch) CurrentClassicMember(int partition) =>
        _clients.OfType<ClassicMember>().Where(member => member.Generation == ClassicGroup.Generation).Select(member => (member.MemberId, member.Generation)).FirstOrDefault(("nobody", partition));

    /// <summary>A member lost its place: once a later generation is there, what it commits must be refused.</summary>
    public void LeaveClassicGhosts(string member, int generation, List<int> owned) => _classicGhosts.Add((member, generation, [.. owned]));

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException(what);
        }
    }

    private static Dictionary<string, string> Properties() => new()
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
        ["group.initial.rebalance.delay.ms"] = "100",
        ["group.min.session.timeout.ms"] = "1000",
        ["group.consumer.min.session.timeout.ms"] = "1000",
        ["group.consumer.session.timeout.ms"] = SessionTimeoutMs.ToString(CultureInfo.InvariantCulture),
        ["group.consumer.min.heartbeat.interval.ms"] = "100",
        ["group.consumer.heartbeat.interval.ms"] = "500",
    };

    private void StartClients()
    {
        int number = 0;
        SimClient Client(string kind)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{kind}-{++number}");
            var process = new SimScheduler(_world, id);
            return new SimClient(_world, process, _network.For(process, string.Create(CultureInfo.InvariantCulture, $"10.0.1.{number}")), _machine.Address, SimMachine.ClientPort, id);
        }

        _observer = Client("observer");
        for (int i = 0; i < 3; i++)
        {
            _clients.Add(new ClassicMember(this, Client("classic"), _random.Fork(), ClassicGroup));
            _clients.Add(new ModernMember(this, Client("modern"), _random.Fork(), ModernGroup));
        }

        // Two have one id and fence each other, two are the same loop.
        _clients.Add(new TransactionalClient(this, Client("v2"), _random.Fork(), "two", isVersion2: true));
        _clients.Add(new TransactionalClient(this, Client("v2"), _random.Fork(), "two", isVersion2: true));
        _clients.Add(new TransactionalClient(this, Client("v1"), _random.Fork(), "one", isVersion2: false));
        _clients.Add(new TransactionalClient(this, Client("loop"), _random.Fork(), "loop-0", isVersion2: true, 0));
        _clients.Add(new TransactionalClient(this, Client("loop"), _random.Fork(), "loop-0", isVersion2: true, 0));
        _clients.Add(new TransactionalClient(this, Client("loop"), _random.Fork(), "loop-1", isVersion2: false, 1));
        _clients.Add(new CommittedReader(this, Client("reader"), _random.Fork()));
    }

    private PartitionLog? LogOf(string topic, int partition) => _machine.Node?.Replicas.Find(topic, partition, out _)?.Log;

    private async Task CreateTopicsAsync()
    {
        var response = await _observer.CallAsync<CreateTopicsResponse>(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new() { Name = Input, NumPartitions = InputPartitions, ReplicationFactor = 1 },
                    new() { Name = Output, NumPartitions = OutputPartitions, ReplicationFactor = 1 },
                ],
            },
            7);
        foreach (CreateTopicsResponse.CreatableTopicResult topic in response.Topics)
        {
            Require(topic.ErrorCode == ErrorCode.None, $"creating {topic.Name} is answered with {topic.ErrorCode} {topic.ErrorMessage}");
        }

        InputId = response.Topics.Single(topic => topic.Name.ToString() == Input).TopicId;
        foreach ((string key, sbyte type) in new[] { (Classic, (sbyte)0), (Modern, (sbyte)0), ("two", (sbyte)1) })
        {
            await _observer.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = type, CoordinatorKeys = [key] }, 4);
        }
    }
}
