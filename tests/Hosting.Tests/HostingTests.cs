using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moldau.Client;
using Moldau.Embedded;

namespace Moldau.Hosting.Tests;

public class HostingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_runs_as_long_as_its_host_with_a_scope_for_each_record()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Hosts.Builder(node, ("group.id", "g"), ("auto.offset.reset", "earliest"));
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
        HostApplicationBuilder builder = Hosts.Builder(node, ("group.id", "g"), ("auto.offset.reset", "earliest"));
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
