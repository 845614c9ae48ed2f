using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Moldau.Client;
using Moldau.Configuration;
using Moldau.Embedded;

namespace Moldau.Hosting.Tests;

public class HostingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_runs_as_long_as_its_host_with_a_scope_for_each_record()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Builder(node, ("group.id", "g"), ("auto.offset.reset", "earliest"));
        builder.Services.AddMoldauProducer(builder.Configuration.GetSection("Producer"));
        builder.Services.AddMoldauWorker<Collecting>(builder.Configuration.GetSection("Consumer"), ["orders"]);
        builder.Services.AddSingleton(new Collected(wanted: 3));
        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);

        Producer producer = host.Services.GetRequiredService<Producer>();
        foreach (string value in (string[])["a", "b", "c"])
        {
            await producer.SendAsync("orders", "key"u8, Encoding.UTF8.GetBytes(value), Cancellation);
        }

        Collected collected = host.Services.GetRequiredService<Collected>();
        (await collected.All.WaitAsync(Cancellation)).ShouldBe(["a", "b", "c"]);
        collected.Scopes.ShouldBe(3);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_worker_that_fails_stops_its_host()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Builder(node, ("group.id", "g"), ("auto.offset.reset", "earliest"));
        builder.Services.AddMoldauProducer(builder.Configuration.GetSection("Producer"));
        builder.Services.AddMoldauWorker<Failing>(
            builder.Configuration.GetSection("Consumer"), ["orders"], options => options with { Retries = new RetryOptions { Attempts = 1, UsesDeadLetterTopic = false } });
        using IHost host = builder.Build();
        await host.StartAsync(Cancellation);
        var stopping = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await host.Services.GetRequiredService<Producer>().SendAsync("orders", "bad"u8, Cancellation);

        await stopping.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task A_health_check_tells_whether_the_cluster_answers()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Builder(node);
        builder.Services.AddMoldauAdmin(_ => new AdminOptions { BootstrapServers = node.BootstrapServers, DefaultApiTimeout = TimeSpan.FromMilliseconds(200) });
        builder.Services.AddHealthChecks().AddMoldau();
        using IHost host = builder.Build();
        HealthCheckService checks = host.Services.GetRequiredService<HealthCheckService>();

        (await checks.CheckHealthAsync(Cancellation)).Status.ShouldBe(HealthStatus.Healthy);
        await node.StopAsync();
        HealthReport report = await checks.CheckHealthAsync(Cancellation);
        report.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries["kafka"].Description.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_health_check_whose_time_is_over_says_why_the_cluster_was_not_reached()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        await node.StopAsync();
        HostApplicationBuilder builder = Builder(node);
        builder.Services.AddMoldauAdmin(_ => new AdminOptions { BootstrapServers = node.BootstrapServers });
        builder.Services.AddHealthChecks().AddMoldau(timeout: TimeSpan.FromSeconds(1));
        using IHost host = builder.Build();

        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);
        report.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries["kafka"].Exception.ShouldBeAssignableTo<KafkaException>();
    }

    [Fact]
    public async Task An_unknown_key_in_a_section_stops_the_start()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Builder(node, ("group.ib", "g"));
        builder.Services.AddMoldauWorker<Failing>(builder.Configuration.GetSection("Consumer"), ["orders"]);
        using IHost host = builder.Build();

        ConfigurationException refused = await Should.ThrowAsync<ConfigurationException>(host.StartAsync(Cancellation));
        refused.Message.ShouldContain("group.id");
    }

    private static HostApplicationBuilder Builder(MoldauNode node, params (string Key, string Value)[] consumer)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new ClientSeams { Network = node.Network });
        var values = new Dictionary<string, string?>
        {
            ["Producer:bootstrap.servers"] = node.BootstrapServers,
            ["Consumer:bootstrap.servers"] = node.BootstrapServers,
        };
        foreach ((string key, string value) in consumer)
        {
            // Nested sections are the same as dots.
            values["Consumer:" + key.Replace('.', ':')] = value;
        }

        builder.Configuration.AddInMemoryCollection(values);
        return builder;
    }

    private sealed class Collected(int wanted)
    {
        private readonly List<string> _values = [];
        private readonly TaskCompletionSource<List<string>> _all = new();

        public Task<List<string>> All => _all.Task;

        public int Scopes { get; set; }

        public void Add(string value)
        {
            _values.Add(value);
            if (_values.Count == wanted)
            {
                _all.SetResult(_values);
            }
        }
    }

    private sealed class Collecting : IRecordHandler
    {
        private readonly Collected _collected;

        public Collecting(Collected collected)
        {
            _collected = collected;
            collected.Scopes++;
        }

        public ValueTask HandleAsync(WorkerRecord record, CancellationToken cancellationToken)
        {
            _collected.Add(Encoding.UTF8.GetString(record.Value.Span));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Failing : IRecordHandler
    {
        public ValueTask HandleAsync(WorkerRecord record, CancellationToken cancellationToken) => throw new InvalidDataException("no");
    }
}
