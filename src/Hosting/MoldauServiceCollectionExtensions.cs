using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>
/// Adds clients to a host. Each is a singleton, made when the host starts, so that options that cannot be stop the start; it connects when it is first used. The container disposes it: a producer
/// flushes then, a consumer leaves its group. Several of a kind have keys: <c>[FromKeyedServices("audit")] Producer producer</c>.
/// </summary>
public static partial class MoldauServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="AdminClient"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Its options by Kafka's names.</param>
    /// <param name="configure">Changes what is not Kafka's; null for nothing.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    /// <exception cref="Moldau.Configuration.ConfigurationException">At the start: a key is unknown or its value is wrong.</exception>
    public static IServiceCollection AddMoldauAdmin(
        this IServiceCollection services, IConfigurationSection section, Func<AdminOptions, AdminOptions>? configure = null, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider =>
        {
            var options = AdminOptions.FromProperties(KafkaSection.Properties(section), HostSeams.Of(provider));
            return new AdminClient(configure?.Invoke(options) ?? options);
        });

    /// <summary>Adds an <see cref="AdminClient"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Makes its options when the host starts.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauAdmin(this IServiceCollection services, Func<IServiceProvider, AdminOptions> options, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new AdminClient(HostSeams.In(provider, options(provider))));

    private static IServiceCollection AddClient<T>(this IServiceCollection services, object? serviceKey, Func<IServiceProvider, T> make)
        where T : class => services
            .AddKeyedSingleton(serviceKey, (provider, _) => make(provider))
            .AddSingleton<IHostedService>(provider => new ClientStart<T>(provider, serviceKey));
}
