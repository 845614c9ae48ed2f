namespace Moldau.Cli;

/// <summary>One invocation of a command over the protocol: the cluster it talks to, and where its answer goes. One thread.</summary>
internal sealed class Session(CliContext context, IReadOnlyDictionary<string, string> properties, Report report)
{
    public CliContext Context => context;

    public Report Report => report;

    /// <summary>The client's configuration by Kafka's names, with <c>bootstrap.servers</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties => properties;

    public string BootstrapServers => properties["bootstrap.servers"];
}
