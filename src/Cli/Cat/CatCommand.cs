using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau cat</c>: kcat's one-liners, with kcat's options.</summary>
internal static class CatCommand
{
    public const string Name = "cat";

    /// <summary>Its place in the tree, for help and completion; the options are read by <see cref="RunAsync"/>.</summary>
    public static Command Build() => new(Name, "Produce, consume, list and query in one line, with kcat's options: moldau cat -h shows them.") { TreatUnmatchedTokensAsErrors = false };

    public static Task<int> RunAsync(CliContext context, IReadOnlyList<string> args) => Invoker.RunAsync(context, async cancellation =>
    {
        CatOptions options = CatOptions.Parse(args);
        if (options.ShowsHelp || args.Count == 0)
        {
            context.Out.WriteLine(CatHelp.Text);
            return CommandExit.Ok;
        }

        CatMode mode = options.Mode ?? (context.IsInputTerminal ? CatMode.Consume : CatMode.Produce);
        if (mode is CatMode.Consume or CatMode.Produce && options.Topics.Count != 1)
        {
            throw CliException.Usage(options.Topics.Count == 0 ? "which topic? -t TOPIC" : "one topic at a time: -t TOPIC; -G reads many");
        }

        await using var session = new Session(context, Properties(context, options), new Report(context, isJson: false));
        session.SetClientProperties(session.Properties);
        await Reachability.RequireAsync(context, session.BootstrapServers, cancellation);
        return await Invoker.Explained(session.BootstrapServers, () => mode switch
        {
            CatMode.Produce => CatProducing.RunAsync(session, options, cancellation),
            CatMode.List => CatListing.RunAsync(session, options, cancellation),
            CatMode.Query => CatQuery.RunAsync(session, options, cancellation),
            _ => CatConsuming.RunAsync(session, options, mode == CatMode.Group, cancellation),
        });
    });

    private static Dictionary<string, string> Properties(CliContext context, CatOptions options)
    {
        IEnumerable<KeyValuePair<string, string>> given = options.ConfigFile is { } file ? ClientFile.ReadProperties(context.Disk, "-F", file) : [];
        Dictionary<string, string> properties = LibrdkafkaNames.ToKafka(given.Concat(options.Properties));
        properties["bootstrap.servers"] = options.Brokers is { } brokers
            ? string.Join(",", brokers.Split(',').Select(broker => broker.Contains(':', StringComparison.Ordinal) ? broker : broker + ":9092"))
            : properties.GetValueOrDefault("bootstrap.servers", ClusterOptions.DefaultServer);
        properties.TryAdd("client.id", ClusterOptions.ClientId);
        string patience = ((long)options.MetadataTimeout.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!properties.ContainsKey("request.timeout.ms"))
        {
            // How long kcat waits for the cluster; what is under way has the producer's and the consumer's own time-outs.
            properties.TryAdd("socket.connection.setup.timeout.ms", patience);
        }

        return properties;
    }
}
