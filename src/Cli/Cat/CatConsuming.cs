using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>kcat's -C and -G.</summary>
internal static class CatConsuming
{
    public static async Task<int> RunAsync(Session session, CatOptions options, bool isMember, CancellationToken cancellationToken)
    {
        CliContext context = session.Context;
        if (isMember && options.Arguments.Count == 0)
        {
            throw CliException.Usage("which topics? moldau cat -G GROUP TOPIC…");
        }

        var source = new RecordSource
        {
            Topics = isMember ? options.Arguments : options.Topics,
            Partition = options.Partition is >= 0 ? options.Partition : null,
            IsMember = isMember,
            Start = StartPosition.Parse("-o", options.Offsets, isMember ? StartKind.Stored : StartKind.Beginning),
            Count = options.Count,
            ExitsAtEnd = options.ExitsAtEnd,
        };
        var properties = new Dictionary<string, string>(session.Properties, StringComparer.Ordinal);
        if (isMember)
        {
            properties["group.id"] = options.GroupId!;
            // -o of a member says where to begin without committed offsets.
            properties.TryAdd("auto.offset.reset", source.Start.Kind == StartKind.End ? "latest" : "earliest");
        }

        properties.TryAdd("allow.auto.create.topics", "false");
        ConsumerOptions reading = ConsumerOptions.FromProperties(properties, context.Seams);
        await using var consumer = new Consumer(reading);
        Dictionary<TopicPartition, int> leaders = [];
        IReadOnlyList<TopicPartition> partitions = [];
        if (!isMember)
        {
            partitions = await PartitionReading.OfAsync(session, source, null, cancellationToken);
        }

        if (options.IsJson && !isMember)
        {
            TopicDescription topic = await session.Admin.DescribeTopicAsync(source.Topics[0], cancellationToken);
            leaders = topic.Partitions.ToDictionary(partition => new TopicPartition(topic.Name, partition.Partition), partition => partition.Leader ?? -1);
        }

        var pump = new RecordPump(context, consumer, source, Writer(options))
        {
            IsUnbuffered = options.IsUnbuffered || context.IsTerminal,
            CommitsAtEnd = isMember && reading.AutoCommit,
            OnEnd = options.IsQuiet ? null : (partition, offset) => context.Error.WriteLine($"% Reached end of topic {partition.Topic} [{partition.Partition.Value}] at offset {offset}"),
            BrokerOf = partition => leaders.GetValueOrDefault(partition, -1),
        };
        await pump.RunAsync(partitions, cancellationToken);
        return CommandExit.Ok;
    }

    private static RecordWriter Writer(CatOptions options)
    {
        if (options.IsJson)
        {
            return (in record, output) => RecordJson.Write(record, output, options.Delimiter);
        }

        string nullText = options.EmptyIsNull ? "NULL" : "";
        RecordFormat format = options.Format is { } text ? RecordFormat.Parse(text, nullText) : RecordFormat.Of(options.KeyDelimiter, options.Delimiter, nullText);
        if (!options.ShowsOffset)
        {
            return format.Write;
        }

        byte[] delimiter = options.KeyDelimiter ?? ":"u8.ToArray();
        return (in record, output) =>
        {
            RecordFormat.WriteText(output, record.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture));
            System.Buffers.BuffersExtensions.Write(output, delimiter);
            format.Write(record, output);
        };
    }
}
