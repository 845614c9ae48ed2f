using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>Workers, as hosted services.</summary>
public static partial class MoldauServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="Worker"/> that runs as long as the host, with a handler from a scope of its own for each record.</summary>
    /// <typeparam name="THandler">The handler; it is registered as scoped unless it is registered already.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="section">The consumer's options by Kafka's names; <c>group.id</c> is needed.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="configure">Changes what is not Kafka's: concurrency, order, retries.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauWorker<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, IConfigurationSection section, IReadOnlyList<string> topics, Func<WorkerOptions, WorkerOptions>? configure = null)
        where THandler : class, IRecordHandler =>
        services.AddMoldauWorker<THandler>(provider =>
        {
            var options = new WorkerOptions { Consumer = OptionsOf(provider, section, configure: null), Topics = topics };
            return configure?.Invoke(options) ?? options;
        });

    /// <summary>Adds a <see cref="Worker"/> that runs as long as the host, with a handler from a scope of its own for each record.</summary>
    /// <typeparam name="THandler">The handler; it is registered as scoped unless it is registered already.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Makes its options when the host starts.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauWorker<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, Func<IServiceProvider, WorkerOptions> options)
        where THandler : class, IRecordHandler
    {
        if (!services.Any(service => service.ServiceType == typeof(THandler)))
        {
            services.AddScoped<THandler>();
        }

        return services.AddSingleton<IHostedService>(provider =>
        {
            WorkerOptions made = options(provider);
            return new WorkerService<THandler>(
                provider.GetRequiredService<IServiceScopeFactory>(),
                provider.GetRequiredService<IHostApplicationLifetime>(),
                made with { Consumer = HostSeams.In(provider, made.Consumer), Producer = made.Producer is { } producer ? HostSeams.In(provider, producer) : null });
        });
    }
}
