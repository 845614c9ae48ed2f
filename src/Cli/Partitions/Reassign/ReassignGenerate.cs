using System.CommandLine;
using System.Text.Json;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions reassign generate</c>: the plan to standard output, what is now to standard error or into a file.</summary>
internal sealed class ReassignGenerate
{
    private readonly Option<string[]> _topics = new("--topics", "--topic") { Description = "The topics; names or regular expressions.", HelpName = "TOPIC,…" };
    private readonly Option<string?> _file = new("--topics-to-move-json-file") { Description = """Kafka's file of topics instead: {"topics":[{"topic":"orders"}],"version":1}.""", HelpName = "FILE" };
    private readonly Option<string[]> _brokers = new("--broker-list") { Description = "The brokers to spread them over; all unless given.", HelpName = "ID,…" };
    private readonly Option<int?> _factor = new("--replication-factor") { Description = "How many replicas; as now unless given.", HelpName = "N" };
    private readonly Option<bool> _noRacks = new("--disable-rack-aware") { Description = "Do not look at racks." };

    public CliCommand Build(CliContext context)
    {
        var command = new CliCommand(
            "generate", "Print a plan that spreads topics evenly over brokers and racks, as the file that execute takes. What is now goes to standard error: the way back.",
            "moldau partitions reassign generate --topics 'orders.*' --replication-factor 3 > plan.json 2> back.json")
        {
            _topics, _file, _brokers, _factor, _noRacks,
        };
        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> asked = Asked(session.Context, parsed);
        List<(int Id, string? Rack)> ring = await RingAsync(session, parsed, cancellationToken);
        List<ReassignmentEntry> plan = [];
        List<ReassignmentEntry> now = [];
        foreach ((int index, TopicDescription topic) in (await TopicReading.DescribeAsync(session, asked, withInternal: true, cancellationToken)).Index())
        {
            int replicas = parsed.GetValue(_factor) ?? topic.Partitions.Max(partition => partition.Replicas.Count);
            IReadOnlyList<IReadOnlyList<int>> spread = ReplicaPlan.Spread(topic.Partitions.Count, replicas, ring, index);
            plan.AddRange(topic.Partitions.Select((partition, at) => ReassignmentEntry.Anywhere(new TopicPartition(topic.Name, partition.Partition), spread[at])));
            now.AddRange(topic.Partitions.Select(partition => ReassignmentEntry.Anywhere(new TopicPartition(topic.Name, partition.Partition), partition.Replicas)));
        }

        // The note is not among what a file takes: with 2> the file is the way back as it is.
        session.Context.Error.WriteLine(ReassignmentFile.Text(now));
        if (session.Context.IsErrorTerminal)
        {
            session.Report.Note("above is what is now; keep it, execute with it goes back");
        }

        session.Context.Out.WriteLine(ReassignmentFile.Text(plan));
        return CommandExit.Ok;
    }

    private async Task<List<(int Id, string? Rack)>> RingAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellationToken);
        int[] chosen = BrokerIds.Parse(parsed.GetValue(_brokers) ?? []);
        int[] unknown = [.. chosen.Except(cluster.Nodes.Select(node => node.Id))];
        if (unknown.Length > 0)
        {
            throw CliException.Usage($"--broker-list: there is no broker {string.Join(", ", unknown)}", "\"moldau cluster nodes\" shows those that there are");
        }

        bool withoutRacks = parsed.GetValue(_noRacks);
        return [.. cluster.Nodes.Where(node => chosen.Length == 0 || chosen.Contains(node.Id)).Select(node => (node.Id, withoutRacks ? null : node.Rack))];
    }

    private List<string> Asked(CliContext context, ParseResult parsed)
    {
        List<string> asked = [.. (parsed.GetValue(_topics) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        if (parsed.GetValue(_file) is { } file)
        {
            // In a file they are names, not expressions.
            asked.AddRange(Topics(ClientFile.ReadText(context.Disk, "--topics-to-move-json-file", file)).Select(System.Text.RegularExpressions.Regex.Escape));
        }

        return asked.Count > 0 ? asked : throw CliException.Usage("which topics? --topics TOPIC,… or --topics-to-move-json-file FILE");
    }

    internal static IReadOnlyList<string> Topics(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return [.. document.RootElement.GetProperty("topics").EnumerateArray().Select(topic => topic.GetProperty("topic").GetString()!)];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw CliException.Usage($"--topics-to-move-json-file cannot be read: {exception.Message}", """it must be like {"topics":[{"topic":"orders"}],"version":1}""");
        }
    }
}
