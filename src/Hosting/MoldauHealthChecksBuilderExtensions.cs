using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>Adds health checks of clusters.</summary>
public static class MoldauHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that the cluster answers, through the host's <see cref="AdminClient"/> (<see cref="MoldauServiceCollectionExtensions.AddMoldauAdmin(IServiceCollection, Func{IServiceProvider, AdminOptions}, object)"/>).</summary>
    /// <param name="builder">The host's checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What a cluster that does not answer is; unhealthy when null.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <param name="timeout">How long it may take; 5 seconds when null.</param>
    /// <param name="serviceKey">The key that the admin client is registered by; null for none.</param>
    /// <returns>The checks.</returns>
    public static IHealthChecksBuilder AddMoldau(
        this IHealthChecksBuilder builder,
        string name = "kafka",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null,
        object? serviceKey = null) =>
        builder.Add(new HealthCheckRegistration(
            name, services => new MoldauHealthCheck(services.GetRequiredKeyedService<AdminClient>(serviceKey)), failureStatus, tags, timeout ?? TimeSpan.FromSeconds(5)));
}
