using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Moldau.Client;
using Moldau.Embedded;
using Moldau.Runtime;

namespace Moldau.Hosting.Tests;

/// <summary>Nothing here goes by the wall clock: the client's is moved by hand, and the checks have no time-out but the one that a test lets pass.</summary>
public class HealthCheckTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("audit")]
    public async Task A_health_check_tells_whether_the_cluster_answers(string? serviceKey)
    {
        var time = new ManualTimeProvider();
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        HostApplicationBuilder builder = Hosts.Builder(node);
        builder.Services.AddSingleton(new ClientSeams { Network = node.Network, Time = time });
        builder.Services.AddMoldauAdmin(builder.Configuration.GetSection("Admin"), serviceKey: serviceKey);
        builder.Services.AddHealthChecks().AddMoldau(timeout: Timeout.InfiniteTimeSpan, serviceKey: serviceKey);
        using IHost host = builder.Build();
        HealthCheckService checks = host.Services.GetRequiredService<HealthCheckService>();

        HealthReport healthy = await checks.CheckHealthAsync(Cancellation);
        healthy.Status.ShouldBe(HealthStatus.Healthy);
        healthy.Entries["kafka"].Description.ShouldBe($"cluster {node.ClusterId} has 1 brokers");

        await node.StopAsync();
        Task<HealthReport> checking = checks.CheckHealthAsync(Cancellation);
        while (!checking.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        HealthReport report = await checking;
        report.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries["kafka"].Exception.ShouldBeAssignableTo<KafkaException>();
        report.Entries["kafka"].Description.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_health_check_whose_time_is_over_says_why_the_cluster_was_not_reached()
    {
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        await node.StopAsync();
        HostApplicationBuilder builder = Hosts.Builder(node);
        builder.Services.AddMoldauAdmin(builder.Configuration.GetSection("Admin"));
        builder.Services.AddHealthChecks().AddMoldau(timeout: Timeout.InfiniteTimeSpan);
        using IHost host = builder.Build();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        Task<HealthReport> checking = host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(time.Token);
        AdminClient admin = host.Services.GetRequiredService<AdminClient>();
        while (admin.ConnectionFailure is null)
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await time.CancelAsync();
        HealthReport report = await checking;
        report.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries["kafka"].Exception.ShouldBeAssignableTo<KafkaException>();
    }
}
