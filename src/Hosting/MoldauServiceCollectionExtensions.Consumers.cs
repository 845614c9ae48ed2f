using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>
/// Consumers, for a loop of the application's own. A consumer has one enumeration at a time: whoever takes it out of the container has it for itself. Where a handler for each record is enough, a
/// worker does the rest.
/// </summary>
public static partial class MoldauServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="Consumer"/>, which has neither topics nor partitions yet: <see cref="Consumer.Subscribe"/> or <see cref="Consumer.Assign"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Its options by Kafka's names.</param>
    /// <param name="configure">Changes what is not Kafka's, as <see cref="ConsumerOptions.OnRevoked"/>; null for nothing.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    /// <exception cref="Moldau.Configuration.ConfigurationException">At the start: a key is unknown or its value is wrong.</exception>
    public static IServiceCollection AddMoldauConsumer(
        this IServiceCollection services, IConfigurationSection section, Func<ConsumerOptions, ConsumerOptions>? configure = null, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new Consumer(OptionsOf(provider, section, configure)));

    /// <summary>Adds a <see cref="Consumer"/>, which has neither topics nor partitions yet.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Makes its options when the host starts.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauConsumer(this IServiceCollection services, Func<IServiceProvider, ConsumerOptions> options, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new Consumer(HostSeams.In(provider, options(provider))));

    /// <summary>Adds a <see cref="Consumer{TKey, TValue}"/> with a consumer of its own beneath, which has neither topics nor partitions yet.</summary>
    /// <typeparam name="TKey">The type of keys.</typeparam>
    /// <typeparam name="TValue">The type of values.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="section">Its options by Kafka's names.</param>
    /// <param name="keys">The format of keys.</param>
    /// <param name="values">The format of values.</param>
    /// <param name="configure">Changes what is not Kafka's; null for nothing.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    /// <exception cref="Moldau.Configuration.ConfigurationException">At the start: a key is unknown or its value is wrong.</exception>
    public static IServiceCollection AddMoldauConsumer<TKey, TValue>(
        this IServiceCollection services,
        IConfigurationSection section,
        IDeserializer<TKey> keys,
        IDeserializer<TValue> values,
        Func<ConsumerOptions, ConsumerOptions>? configure = null,
        object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new Consumer<TKey, TValue>(OptionsOf(provider, section, configure), keys, values));

    /// <summary>Adds a <see cref="Consumer{TKey, TValue}"/> with a consumer of its own beneath, which has neither topics nor partitions yet.</summary>
    /// <typeparam name="TKey">The type of keys.</typeparam>
    /// <typeparam name="TValue">The type of values.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Makes its options when the host starts.</param>
    /// <param name="keys">The format of keys.</param>
    /// <param name="values">The format of values.</param>
    /// <param name="serviceKey">The key of the service, where there are several; null for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMoldauConsumer<TKey, TValue>(
        this IServiceCollection services, Func<IServiceProvider, ConsumerOptions> options, IDeserializer<TKey> keys, IDeserializer<TValue> values, object? serviceKey = null) =>
        services.AddClient(serviceKey, provider => new Consumer<TKey, TValue>(HostSeams.In(provider, options(provider)), keys, values));

    private static ConsumerOptions OptionsOf(IServiceProvider provider, IConfigurationSection section, Func<ConsumerOptions, ConsumerOptions>? configure)
    {
        var options = ConsumerOptions.FromProperties(KafkaSection.Properties(section), HostSeams.Of(provider));
        return configure?.Invoke(options) ?? options;
    }
}
