using System.CommandLine;
using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Partitions as Kafka's scripts name them: <c>--topic orders</c> for all of a topic, <c>--topic orders:0,2</c> for some.</summary>
internal sealed class PartitionList
{
    private readonly Option<string[]> _topic = new("--topic") { Description = "A topic, or some of its partitions: orders:0,2. May be given many times.", HelpName = "TOPIC[:N,…]" };

    private readonly Option<int?> _partition = new("--partition") { Description = "One partition of the topic, as Kafka's scripts have it: short for --topic TOPIC:N.", HelpName = "N" };

    public void AddTo(Command command)
    {
        ClusterNames.Topics.Complete(_topic.CompletionSources);
        command.Options.Add(_topic);
        command.Options.Add(_partition);
    }

    /// <summary>Whether anything was given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_topic) is { Length: > 0 };

    /// <summary>The partitions, those of whole topics as the cluster has them.</summary>
    public async Task<IReadOnlyList<TopicPartition>> GetAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var partitions = new List<TopicPartition>();
        if (parsed.GetValue(_partition) is not null && (parsed.GetValue(_topic) is not [var only] || only.Contains(':', StringComparison.Ordinal)))
        {
            throw CliException.Usage("--partition says which partition of one topic: --topic TOPIC --partition N");
        }

        foreach (string text in parsed.GetValue(_topic) ?? [])
        {
            (string topic, int[]? some) = parsed.GetValue(_partition) is { } one ? (text, [one]) : Parse(text);
            TopicDescription description = await session.Admin.DescribeTopicAsync(topic, cancellationToken);
            foreach (int partition in some ?? [.. description.Partitions.Select(partition => partition.Partition)])
            {
                partitions.Add(partition < description.Partitions.Count
                    ? new TopicPartition(topic, partition)
                    : throw CliException.Usage($"--topic {text}: {topic} has partitions 0 to {description.Partitions.Count - 1}"));
            }
        }

        return partitions;
    }

    /// <summary>A topic and the partitions named; null for all.</summary>
    internal static (string Topic, int[]? Partitions) Parse(string text)
    {
        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            return (text, null);
        }

        int[] partitions = Array.ConvertAll(
            text[(colon + 1)..].Split(','),
            part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : throw CliException.Usage($"--topic {text}: '{part}' is no partition; it must be like orders:0,2"));
        return (text[..colon], partitions);
    }
}
