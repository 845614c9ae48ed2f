using System.Globalization;
using System.Text;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>Idempotence end to end: whatever fails, each record is written once and in order.</summary>
public class ProducerFaultTests
{
    private static int SeedFirst => int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 1;

    [Fact]
    public async Task Lost_connections_and_errors_neither_lose_nor_double_nor_reorder_records()
    {
        for (int seed = SeedFirst; seed < SeedFirst + 8; seed++)
        {
            await RunAsync(seed, faultsOf1000: 150, records: 3000, seed % 2 == 0 ? CompressionType.None : CompressionType.Lz4);
        }
    }

    [Fact]
    public async Task Without_faults_nothing_is_sent_twice()
    {
        ProducerStatistics statistics = await RunAsync(SeedFirst, faultsOf1000: 0, records: 5000, CompressionType.None);
        statistics.RecordsRetried.ShouldBe(0);
        statistics.RecordsDelivered.ShouldBe(5000);
    }

    [Fact]
    public async Task A_producer_id_that_cannot_be_had_yet_is_asked_for_until_it_can()
    {
        var network = new MemoryNetwork();
        using var log = new FaultyLog(network, SeedFirst, partitions: 1, faultsOf1000: 0) { IdsRefused = 3 };
        await using var producer = new Producer(Options(network));

        await producer.SendAsync("topic", "v"u8, TestContext.Current.CancellationToken);

        log.IdsRefused.ShouldBe(0);
        log.Values(0).ShouldBe(["v"]);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_fails_records_in_time_and_says_so()
    {
        var network = new MemoryNetwork();
        await using var producer = new Producer(Options(network) with { MaxBlock = TimeSpan.FromMilliseconds(50) });
        KafkaException failure = await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync("topic", "v"u8, TestContext.Current.CancellationToken));
        failure.Code.ShouldBe(ErrorCode.RequestTimedOut);
        failure.Message.ShouldContain("max.block.ms");
    }

    private static async Task<ProducerStatistics> RunAsync(int seed, int faultsOf1000, int records, CompressionType codec)
    {
        const int Partitions = 3;
        var network = new MemoryNetwork();
        using var log = new FaultyLog(network, seed, Partitions, faultsOf1000);
        var failures = new List<string>();
        await using var producer = new Producer(Options(network) with
        {
            BatchSizeBytes = 200,
            BufferMemoryBytes = 20_000,
            Linger = TimeSpan.Zero,
            Compression = codec,
            OnDelivery = (in DeliveryReport report) =>
            {
                if (report.Failure is { } failure)
                {
                    failures.Add(failure.Message);
                }
            },
        });
        for (int i = 0; i < records; i++)
        {
            await producer.PostAsync(new ProducerRecord { Topic = "topic", Partition = i % Partitions, Value = Encoding.UTF8.GetBytes($"{i}") }, TestContext.Current.CancellationToken);
        }

        await producer.FlushAsync(TestContext.Current.CancellationToken);
        failures.ShouldBeEmpty($"seed {seed}");
        if (faultsOf1000 > 0)
        {
            log.Faults.ShouldBeGreaterThan(0, $"seed {seed}");
        }

        for (int partition = 0; partition < Partitions; partition++)
        {
            log.Values(partition).ShouldBe(Enumerable.Range(0, records).Where(i => i % Partitions == partition).Select(i => $"{i}"), $"seed {seed}, partition {partition}");
        }

        return producer.Statistics;
    }

    private static ProducerOptions Options(MemoryNetwork network) => new()
    {
        BootstrapServers = "broker:9092",
        ClientId = "test",
        RequestTimeout = TimeSpan.FromSeconds(10),
        DeliveryTimeout = TimeSpan.FromSeconds(20),
        RetryBackoff = TimeSpan.FromMilliseconds(1),
        RetryBackoffMax = TimeSpan.FromMilliseconds(5),
        ReconnectBackoff = TimeSpan.FromMilliseconds(1),
        ReconnectBackoffMax = TimeSpan.FromMilliseconds(5),
        Seams = new ClientSeams { Network = network },
    };
}
