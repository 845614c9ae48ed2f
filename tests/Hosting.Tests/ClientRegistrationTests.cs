using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Moldau.Client;
using Moldau.Configuration;
using Moldau.Embedded;

namespace Moldau.Hosting.Tests;

public class ClientRegistrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_reads_with_a_typed_consumer_what_a_typed_producer_sends()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Hosts.Builder(node, ("group.id", "readings"), ("auto.offset.reset", "earliest"));
        builder.Services.AddMoldauProducer(builder.Configuration.GetSection("Producer"));
        builder.Services.AddMoldauProducer(Serdes.Utf8, Serdes.Int32);
        builder.Services.AddMoldauConsumer(builder.Configuration.GetSection("Consumer"), Serdes.Utf8, Serdes.Int32);
        builder.Services.AddSingleton<Readings>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Readings>());
        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);

        var producer = host.Services.GetRequiredService<Producer<string, int>>();
        producer.Raw.ShouldBeSameAs(host.Services.GetRequiredService<Producer>());
        await producer.SendAsync("readings", "boiler", 73, cancellationToken: Cancellation);

        (await host.Services.GetRequiredService<Readings>().First.WaitAsync(Cancellation)).ShouldBe(("boiler", 73));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_consumer_of_bytes_is_subscribed_by_whoever_takes_it()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Hosts.Builder(node, ("group.id", "g"));
        List<string> assigned = [];
        builder.Services.AddMoldauProducer(builder.Configuration.GetSection("Producer"));
        builder.Services.AddMoldauConsumer(builder.Configuration.GetSection("Consumer"), options => options with
        {
            OffsetReset = OffsetReset.Earliest,
            OnAssigned = (partitions, _) =>
            {
                assigned.AddRange(partitions.Select(partition => $"{partition}"));
                return ValueTask.CompletedTask;
            },
        });
        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);
        await host.Services.GetRequiredService<Producer>().SendAsync("orders", "hello"u8, Cancellation);

        var consumer = host.Services.GetRequiredService<Consumer>();
        consumer.Subscription.ShouldBeEmpty();
        consumer.Subscribe("orders");
        await foreach (ConsumeRecord record in consumer.ConsumeAsync(Cancellation))
        {
            record.Value.SequenceEqual("hello"u8).ShouldBeTrue();
            break;
        }

        assigned.ShouldBe(["orders-0"]);
    }

    [Fact]
    public async Task Several_clients_of_a_kind_are_told_apart_by_their_keys()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Hosts.Builder(node);
        IConfigurationSection section = builder.Configuration.GetSection("Admin");
        builder.Services.AddMoldauAdmin(section);
        builder.Services.AddMoldauAdmin(section, options => options with { ClientId = "audited" }, serviceKey: "audit");
        builder.Services.AddMoldauProducer(_ => new ProducerOptions { BootstrapServers = node.BootstrapServers });
        builder.Services.AddMoldauProducer(_ => new ProducerOptions { BootstrapServers = node.BootstrapServers }, serviceKey: "audit");
        builder.Services.AddMoldauProducer(Serdes.Utf8, Serdes.Utf8, serviceKey: "audit");
        builder.Services.AddMoldauConsumer(builder.Configuration.GetSection("Consumer"), serviceKey: "audit");
        builder.Services.AddMoldauConsumer(_ => new ConsumerOptions { BootstrapServers = node.BootstrapServers }, Serdes.Utf8, Serdes.Utf8, serviceKey: "audit");
        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);

        host.Services.GetRequiredService<AdminClient>().Options.ClientId.ShouldBe("");
        host.Services.GetRequiredKeyedService<AdminClient>("audit").Options.ClientId.ShouldBe("audited");
        var audit = host.Services.GetRequiredKeyedService<Producer>("audit");
        audit.ShouldNotBeSameAs(host.Services.GetRequiredService<Producer>());
        host.Services.GetRequiredKeyedService<Producer<string, string>>("audit").Raw.ShouldBeSameAs(audit);
        host.Services.GetRequiredKeyedService<Consumer<string, string>>("audit").Raw.ShouldNotBeSameAs(host.Services.GetRequiredKeyedService<Consumer>("audit"));
        host.Services.GetService<Consumer>().ShouldBeNull();
        await host.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData("Producer", "linger.mz", "linger.ms")]
    [InlineData("Consumer", "group.ib", "group.id")]
    [InlineData("Admin", "client.ib", "client.id")]
    [InlineData("Worker", "group.ib", "group.id")]
    public async Task An_unknown_key_in_a_section_stops_the_start(string kind, string key, string nearest)
    {
        HostApplicationBuilder builder = Builder(("bootstrap.servers", "127.0.0.1:1"), (key, "1"));
        Add(builder, kind);
        using IHost host = builder.Build();

        ConfigurationException refused = await Should.ThrowAsync<ConfigurationException>(host.StartAsync(Cancellation));
        refused.Message.ShouldContain(nearest);
    }

    [Theory]
    [InlineData("Producer")]
    [InlineData("Consumer")]
    [InlineData("Admin")]
    public async Task A_section_that_is_not_there_stops_the_start(string kind)
    {
        HostApplicationBuilder builder = Builder();
        Add(builder, kind);
        using IHost host = builder.Build();

        ConfigurationException refused = await Should.ThrowAsync<ConfigurationException>(host.StartAsync(Cancellation));
        refused.Message.ShouldContain("bootstrap.servers");
    }

    [Theory]
    [InlineData("Producer")]
    [InlineData("Consumer")]
    [InlineData("Admin")]
    public void A_key_without_effect_is_told_to_the_log_of_the_host(string kind)
    {
        HostApplicationBuilder builder = Builder(("bootstrap.servers", "127.0.0.1:1"), ("client.dns.lookup", "resolve_canonical_bootstrap_servers_only"));
        var log = new LogLines();
        builder.Logging.AddProvider(log);
        Add(builder, kind);
        using IHost host = builder.Build();

        _ = kind switch
        {
            "Producer" => (object)host.Services.GetRequiredService<Producer>(),
            "Consumer" => host.Services.GetRequiredService<Consumer>(),
            _ => host.Services.GetRequiredService<AdminClient>(),
        };
        log.Lines.ShouldContain(line => line.Contains("client.dns.lookup", StringComparison.Ordinal));
    }

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] values)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(values.Select(pair => KeyValuePair.Create("Kafka:" + pair.Key, (string?)pair.Value)));
        return builder;
    }

    private static void Add(HostApplicationBuilder builder, string kind)
    {
        IConfigurationSection section = builder.Configuration.GetSection("Kafka");
        _ = kind switch
        {
            "Producer" => builder.Services.AddMoldauProducer(section),
            "Consumer" => builder.Services.AddMoldauConsumer(section),
            "Admin" => builder.Services.AddMoldauAdmin(section),
            _ => builder.Services.AddMoldauWorker<Idle>(section, ["orders"]),
        };
    }

    private sealed class Idle : IRecordHandler
    {
        public ValueTask HandleAsync(WorkerRecord record, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    /// <summary>A loop of the application's own, as docs/client.md shows it.</summary>
    private sealed class Readings(Consumer<string, int> consumer) : BackgroundService
    {
        private readonly TaskCompletionSource<(string, int)> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<(string Key, int Value)> First => _first.Task;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            consumer.Subscribe("readings");
            await foreach (ConsumeRecord<string, int> record in consumer.ConsumeAsync(stoppingToken))
            {
                _first.TrySetResult((record.Key, record.Value));
            }
        }
    }
}
