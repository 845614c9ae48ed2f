using System.CommandLine;
using System.Text.Json;
using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary><c>moldau partitions elect</c>: what kafka-leader-election does.</summary>
internal static class ElectCommand
{
    public static Command Build(CliContext context)
    {
        var topics = new PartitionList();
        var type = new Option<string>("--type", "--election-type") { Description = "preferred: the first replica, or unclean: any that lives, which may lose records.", HelpName = "TYPE", DefaultValueFactory = _ => "preferred" };
        type.CompletionSources.Add("preferred", "unclean");
        var all = new Option<bool>("--all-topic-partitions") { Description = "All partitions." };
        var file = new Option<string?>("--path-to-json-file", "--file") { Description = """Kafka's file: {"partitions":[{"topic":"t","partition":0}]}.""", HelpName = "FILE" };
        var command = new CliCommand("elect", "Elect leaders anew.", "moldau partitions elect --all-topic-partitions", "moldau partitions elect --type unclean --topic orders:3") { type, all, file };
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            ElectionType election = parsed.GetValue(type)!.ToLowerInvariant() switch
            {
                "preferred" => ElectionType.Preferred,
                "unclean" => ElectionType.Unclean,
                var other => throw CliException.Usage($"--type {other}: it must be preferred or unclean"),
            };
            if (new[] { parsed.GetValue(all), topics.IsGiven(parsed), parsed.GetValue(file) is not null }.Count(isGiven => isGiven) != 1)
            {
                throw CliException.Usage("which partitions? one of --topic TOPIC[:N], --path-to-json-file FILE and --all-topic-partitions");
            }

            IReadOnlyList<TopicPartition>? wanted = parsed.GetValue(all) ? null
                : parsed.GetValue(file) is { } path ? Parse(ClientFile.ReadText(context.Disk, "--path-to-json-file", path))
                : await topics.GetAsync(session, parsed, cancellation);
            var results = await session.Admin.ElectLeadersAsync(election, wanted, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach ((TopicPartition partition, AdminResult result) in results)
            {
                bool wasNotNeeded = result.Error is { Code: ErrorCode.ElectionNotNeeded };
                outcomes.Add(
                    new Facts().Add("topic", partition.Topic.Value).Add("partition", partition.Partition.Value).Add("elected", result.IsSuccess),
                    wasNotNeeded ? $"{partition} is led by the right replica already." : $"Elected a leader of {partition}.",
                    wasNotNeeded ? null : result.Error);
            }

            if (results.Count == 0)
            {
                session.Report.Say("all partitions are led by the right replica already");
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    internal static IReadOnlyList<TopicPartition> Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return [.. document.RootElement.GetProperty("partitions").EnumerateArray().Select(entry => new TopicPartition(entry.GetProperty("topic").GetString()!, entry.GetProperty("partition").GetInt32()))];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw CliException.Usage($"--path-to-json-file cannot be read: {exception.Message}", """it must be like {"partitions":[{"topic":"orders","partition":0}]}""");
        }
    }
}
