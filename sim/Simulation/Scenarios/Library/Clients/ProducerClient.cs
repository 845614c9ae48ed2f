using System.Globalization;
using System.Text;
using Moldau.Client;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Simulation;

/// <summary>What both kinds of producers have: sends whose ends are watched (C5), and the bound of their memory (C4).</summary>
internal abstract class ProducerClient(LibraryRun run, string name, string address, SimRandom random) : LibraryClient(run, name, address, random)
{
    private const int MaxBlockMs = 3000;
    private const int RequestTimeoutMs = 1000;
    private const int DeliveryTimeoutMs = 4000;

    /// <summary>Timers fire late by what runs before them.</summary>
    private const int SlackMs = 200;
    private readonly List<(LibraryRecord Record, long DueTicks)> _open = [];
    private Producer? _producer;
    private int _producers;
    private string _sender = "";

    /// <summary>Whether the faults have ended and this life has nothing left to do.</summary>
    protected bool IsFinished { get; set; }

    public override void CheckStep()
    {
        if (!IsAlive)
        {
            return;
        }

        foreach ((LibraryRecord record, long dueTicks) in _open)
        {
            LibraryRun.Require(World.Ticks <= dueTicks, $"C5: record {record.Number} of {record.Producer} has not ended {(World.Ticks - dueTicks) / TimeSpan.TicksPerMillisecond} ms after max.block.ms and delivery.timeout.ms");
        }

        if (_producer is { } producer)
        {
            long used = producer.Statistics.MemoryUsedBytes;
            LibraryRun.Require(used >= 0 && used <= producer.Options.BufferMemoryBytes, $"C4: {Life} uses {used} bytes of {producer.Options.BufferMemoryBytes} (buffer.memory)");
        }
    }

    protected override void Begin()
    {
        _open.Clear();
        _producer = null;
        IsFinished = false;
    }

    protected Producer NewProducer(string? transactionalId)
    {
        int batchSize = Random.Next(200, 2000);

        // Each idempotent producer has an order of its own (C3): a request of one that was disposed can wait in the broker, and be done behind what the next one has sent by then. Those with
        // a transactional id follow each other, as the next one fences the one before.
        _sender = transactionalId is null ? string.Create(CultureInfo.InvariantCulture, $"{Life}/{++_producers}") : Life;
        return _producer = new Producer(new ProducerOptions
        {
            BootstrapServers = Run.Bootstrap,
            ClientId = Process.Name,
            Seams = Seams(),
            BatchSizeBytes = batchSize,
            Linger = TimeSpan.FromMilliseconds(Random.OneIn(2) ? 0 : Random.Next(1, 30)),
            BufferMemoryBytes = Math.Max(4000, batchSize * Random.Next(3, 12)),
            MaxInFlight = Random.Next(1, 6),
            Compression = Random.OneIn(3) ? CompressionType.Lz4 : CompressionType.None,
            MaxBlock = TimeSpan.FromMilliseconds(MaxBlockMs),
            RequestTimeout = TimeSpan.FromMilliseconds(RequestTimeoutMs),
            DeliveryTimeout = TimeSpan.FromMilliseconds(DeliveryTimeoutMs),
            ConnectionSetupTimeout = TimeSpan.FromMilliseconds(RequestTimeoutMs),
            RetryBackoff = TimeSpan.FromMilliseconds(20),
            RetryBackoffMax = TimeSpan.FromMilliseconds(200),
            DisposeTimeout = TimeSpan.FromSeconds(2),
            TransactionalId = transactionalId,
            TransactionTimeout = TimeSpan.FromMilliseconds(LibraryRun.TransactionTimeoutMs),
        });
    }

    protected async Task DisposeAsync(Producer producer)
    {
        await producer.DisposeAsync();
        _producer = null;

        // Those who wait for the ends go on in pieces of their own.
        await PauseAsync(1);
        LibraryRun.Require(_open.Count == 0, $"C5: {Life} was disposed, and {_open.Count} records have not ended");
    }

    /// <summary>When nothing is under way and no answer can come any more, all memory has come back.</summary>
    protected async Task RequireMemoryBackAsync(Producer producer)
    {
        await PauseAsync(2 * RequestTimeoutMs);
        LibraryRun.Require(producer.Statistics.MemoryUsedBytes == 0, $"C4: nothing is under way, and {Life} uses {producer.Statistics.MemoryUsedBytes} bytes of {producer.Options.BufferMemoryBytes}");
    }

    /// <summary>Sends a record and looks after its end.</summary>
    protected Task<bool> SendAsync(Producer producer, string topic, int partitions, LibraryTransaction? transaction)
    {
        LibraryRecord record = Run.Records.New(topic, _sender, transaction);
        int partition = Random.OneIn(4) ? Partitioner.Any : Random.Next(partitions);
        record.Partition = partition;
        byte[] value = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{record.Number} {new string('x', Random.OneIn(10) ? Random.Next(1500) : Random.Next(200))}"));
        Note($"sends record {record.Number} to {topic}-{partition}");
        (LibraryRecord, long) open = (record, World.Ticks + ((MaxBlockMs + DeliveryTimeoutMs + SlackMs) * TimeSpan.TicksPerMillisecond));
        ValueTask<RecordMetadata> sending = producer.SendAsync(new ProducerRecord(topic, value) { Partition = partition });
        _open.Add(open);
        return WatchAsync(sending, record, open);
    }

    private async Task<bool> WatchAsync(ValueTask<RecordMetadata> sending, LibraryRecord record, (LibraryRecord, long) open)
    {
        try
        {
            RecordMetadata metadata = await sending;
            Run.Records.Acknowledge(record, metadata.Partition, metadata.Offset);
            return true;
        }
        catch (Exception failure) when (failure is KafkaException or ObjectDisposedException)
        {
            Note($"record {record.Number} has failed: {failure.Message}");
            record.State = SentState.Failed;
            bool isExplained = failure is ObjectDisposedException or TransactionException or KafkaException { Code: ErrorCode.RequestTimedOut or ErrorCode.NetworkException };
            LibraryRun.Require(isExplained || record.Transaction is not null, $"C5: record {record.Number} of {record.Producer} has failed without a reason: {failure.Message}");
            return false;
        }
        finally
        {
            _open.Remove(open);
        }
    }
}
