using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>Producers of bytes, and of types over them.</summary>
public static partial class MoldauServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="Producer"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Its options by Kafka's names.</param>
    /// <param name="configure">Changes what is not Kafka's, as <see cref="ProducerOptions.OnDelivery"/>; null for nothing.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    /// <exception cref="Moldau.Configuration.ConfigurationException">At the start: a key is unknown or its value is wrong.</exception>
    public static IServiceCollection AddMoldauProducer(
        this IServiceCollection services, IConfigurationSection section, Func<ProducerOptions, ProducerOptions>? configure = null, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider =>
        {
            var options = ProducerOptions.FromProperties(KafkaSection.Properties(section), HostSeams.Of(provider));
            return new Producer(configure?.Invoke(options) ?? options);
        });

    /// <summary>Adds a <see cref="Producer"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Makes its options when the host starts.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauProducer(this IServiceCollection services, Func<IServiceProvider, ProducerOptions> options, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new Producer(HostSeams.In(provider, options(provider))));

    /// <summary>
    /// Adds a <see cref="Producer{TKey, TValue}"/> over the <see cref="Producer"/> of the same key: all types share that one's batches and connections.
    /// </summary>
    /// <typeparam name="TKey">The type of keys.</typeparam>
    /// <typeparam name="TValue">The type of values.</typeparam>
    /// <param name="services">The host's services, to which the <see cref="Producer"/> is added as well.</param>
    /// <param name="keys">The format of keys.</param>
    /// <param name="values">The format of values.</param>
    /// <param name="serviceKey">The key of both services; null for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauProducer<TKey, TValue>(this IServiceCollection services, ISerializer<TKey> keys, ISerializer<TValue> values, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new Producer<TKey, TValue>(provider.GetRequiredKeyedService<Producer>(serviceKey), keys, values));
}
