using Microsoft.Extensions.Logging;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>Options of an <see cref="AdminClient"/>. Immutable.</summary>
public sealed record AdminOptions : ClientOptions
{
    /// <summary>Controllers to ask instead of brokers: <c>host:port</c>, several with commas between them (<c>bootstrap.controllers</c>, KIP-919). Either these or the servers.</summary>
    public string BootstrapControllers { get; init; } = "";

    internal override bool AllowsAutoTopicCreation => false;

    internal override bool UsesControllers => BootstrapControllers.Length > 0;

    internal override (string Key, string Servers) Bootstrap =>
        !UsesControllers ? base.Bootstrap
        : BootstrapServers.Length == 0 ? ("bootstrap.controllers", BootstrapControllers)
        : throw new ConfigurationException("bootstrap.servers and bootstrap.controllers are both set: brokers or controllers can be asked, not both");

    /// <summary>Options by Kafka's names.</summary>
    /// <param name="properties">Names and values, as in a properties file.</param>
    /// <param name="seams">Time, network and randomness; the real ones when null.</param>
    /// <exception cref="ConfigurationException">A key is unknown or its value is wrong; the message names it and what would be right.</exception>
    public static AdminOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties, ClientSeams? seams = null)
    {
        var config = new ClientConfigReader(ClientKeys.Admin, properties, (seams ?? new ClientSeams()).Logging.CreateLogger<AdminOptions>());
        return CommonOptions.Apply(new AdminOptions(), config, seams) with
        {
            BootstrapControllers = config.List("bootstrap.controllers"),
            DefaultApiTimeout = config.Milliseconds("default.api.timeout.ms"),
        };
    }
}
