using System.CommandLine;
using System.Text.Json;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions delete-records</c>: what kafka-delete-records does.</summary>
internal static class DeleteRecordsCommand
{
    public static Command Build(CliContext context)
    {
        var topics = new PartitionList();
        var before = new Option<long?>("--before-offset") { Description = "The first offset that stays; -1 for none.", HelpName = "N" };
        var file = new Option<string?>("--offset-json-file") { Description = """Kafka's file: {"partitions":[{"topic":"t","partition":0,"offset":5}],"version":1}.""", HelpName = "FILE" };
        var command = new CliCommand("delete-records", "Delete the oldest records of partitions.", "moldau partitions delete-records --topic orders:0 --before-offset 1000") { before, file };
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            Dictionary<TopicPartition, long> offsets;
            if (parsed.GetValue(file) is { } path)
            {
                offsets = Parse(ClientFile.ReadText(context.Disk, "--offset-json-file", path));
            }
            else
            {
                long first = parsed.GetValue(before) ?? throw CliException.Usage("up to where? --before-offset N with --topic, or --offset-json-file FILE");
                offsets = (await topics.GetAsync(session, parsed, cancellation)).ToDictionary(partition => partition, _ => first);
            }

            var results = await session.Admin.DeleteRecordsAsync(offsets, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach ((TopicPartition partition, AdminResult<long> result) in results)
            {
                outcomes.Add(
                    new Facts().Add("topic", partition.Topic.Value).Add("partition", partition.Partition.Value).Add("lowWatermark", result.IsSuccess ? result.Value : Cell.None),
                    $"{partition} begins at {result.ValueOrDefault} now.",
                    result.Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    internal static Dictionary<TopicPartition, long> Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("partitions").EnumerateArray().ToDictionary(
                entry => new TopicPartition(entry.GetProperty("topic").GetString()!, entry.GetProperty("partition").GetInt32()), entry => entry.GetProperty("offset").GetInt64());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw CliException.Usage($"--offset-json-file cannot be read: {exception.Message}", """it must be like {"partitions":[{"topic":"orders","partition":0,"offset":5}],"version":1}""");
        }
    }
}
