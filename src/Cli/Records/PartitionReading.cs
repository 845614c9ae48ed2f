using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>The partitions that a source names.</summary>
internal static class PartitionReading
{
    /// <exception cref="CliException">A topic or partition is not there.</exception>
    public static async Task<IReadOnlyList<TopicPartition>> OfAsync(Session session, RecordSource source, string? include, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> topics = include is null
            ? source.Topics
            : [.. (await TopicReading.DescribeAsync(session, [include], withInternal: false, cancellationToken)).Select(topic => topic.Name)];
        var described = await session.Admin.DescribeTopicsAsync(topics, null, cancellationToken);
        var partitions = new List<TopicPartition>();
        foreach (string topic in topics)
        {
            int count = described[topic].Value.Partitions.Count;
            if (source.Partition is { } one)
            {
                partitions.Add(one < count ? new TopicPartition(topic, one) : throw CliException.Usage($"partition {one}: {topic} has partitions 0 to {count - 1}"));
            }
            else
            {
                partitions.AddRange(Enumerable.Range(0, count).Select(index => new TopicPartition(topic, index)));
            }
        }

        return partitions;
    }
}
