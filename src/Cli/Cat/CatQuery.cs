using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>kcat's -Q.</summary>
internal static class CatQuery
{
    public static async Task<int> RunAsync(Session session, CatOptions options, CancellationToken cancellationToken)
    {
        if (options.Topics.Count == 0)
        {
            throw CliException.Usage("which offsets? -t TOPIC:PARTITION:MS");
        }

        Dictionary<TopicPartition, OffsetSpec> specs = options.Topics.Select(Parse).ToDictionary(spec => spec.Partition, spec => spec.Spec);
        var results = await session.Admin.ListOffsetsAsync(specs, IsolationLevel.ReadUncommitted, cancellationToken);
        List<TopicPartition> partitions = [.. specs.Keys.OrderBy(partition => partition.Topic.Value, StringComparer.Ordinal).ThenBy(partition => partition.Partition.Value)];
        if (options.IsJson)
        {
            new Report(session.Context, isJson: true).Object(json =>
            {
                foreach (IGrouping<string, TopicPartition> topic in partitions.GroupBy(partition => partition.Topic.Value))
                {
                    json.WriteStartObject(topic.Key);
                    json.WriteString("topic", topic.Key);
                    foreach (TopicPartition partition in topic)
                    {
                        json.WriteStartObject(partition.Partition.Value.ToString(CultureInfo.InvariantCulture));
                        json.WriteNumber("partition", partition.Partition.Value);
                        json.WriteNumber("offset", results[partition].ValueOrDefault.Offset);
                        if (results[partition].Error is { } error)
                        {
                            json.WriteString("error", error.Message);
                        }

                        json.WriteEndObject();
                    }

                    json.WriteEndObject();
                }
            });
            return CommandExit.Ok;
        }

        foreach (TopicPartition partition in partitions)
        {
            AdminResult<OffsetAtTime> result = results[partition];
            session.Context.Out.WriteLine($"{partition.Topic} [{partition.Partition.Value}] offset {(result.IsSuccess ? result.Value.Offset : "-1: " + result.Error!.Message)}");
        }

        return results.Values.All(result => result.IsSuccess) ? CommandExit.Ok : CommandExit.Failed;
    }

    private static (TopicPartition Partition, OffsetSpec Spec) Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int partition) || !long.TryParse(parts[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long ms))
        {
            throw CliException.Usage($"-t {text}: it must be TOPIC:PARTITION:MS");
        }

        return (new TopicPartition(parts[0], partition), ms switch
        {
            -2 => OffsetSpec.Earliest,
            -1 => OffsetSpec.Latest,
            >= 0 => OffsetSpec.ForTimestampMs(ms),
            _ => throw CliException.Usage($"-t {text}: the time must be milliseconds since 1970, -1 for the end, -2 for the beginning"),
        });
    }
}
