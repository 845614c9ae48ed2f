using System.Reflection;
using Moldau.Configuration;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>The configuration keys of Kafka's clients, as of 4.4, with what each means here. Read when first asked for; safe from any thread.</summary>
public static class ClientKeys
{
    private static readonly Lazy<ConfigTable> ProducerTable = new(() => Read("producer"));
    private static readonly Lazy<ConfigTable> ConsumerTable = new(() => Read("consumer"));
    private static readonly Lazy<ConfigTable> AdminTable = new(() => Read("admin"));

    /// <summary>The keys of <see cref="ProducerOptions.FromProperties"/>.</summary>
    public static ConfigTable Producer => ProducerTable.Value;

    /// <summary>The keys of <see cref="ConsumerOptions.FromProperties"/>.</summary>
    public static ConfigTable Consumer => ConsumerTable.Value;

    /// <summary>The keys of <see cref="AdminOptions.FromProperties"/>.</summary>
    public static ConfigTable Admin => AdminTable.Value;

    private static ConfigTable Read(string kind) => ConfigTable.ReadClient(
        kind,
        Assembly.GetExecutingAssembly().GetManifestResourceStream("client.tsv") ?? throw new InvariantException("the table client.tsv is not in the assembly"));
}
