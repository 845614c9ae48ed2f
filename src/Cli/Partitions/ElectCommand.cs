using System.CommandLine;
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
        var command = new CliCommand("elect", "Elect leaders anew.", "moldau partitions elect --all-topic-partitions", "moldau partitions elect --type unclean --topic orders:3") { type, all };
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            ElectionType election = parsed.GetValue(type) switch
            {
                "preferred" => ElectionType.Preferred,
                "unclean" => ElectionType.Unclean,
                var other => throw CliException.Usage($"--type {other}: it must be preferred or unclean"),
            };
            if (parsed.GetValue(all) == topics.IsGiven(parsed))
            {
                throw CliException.Usage("which partitions? --topic TOPIC[:N] or --all-topic-partitions");
            }

            var results = await session.Admin.ElectLeadersAsync(election, parsed.GetValue(all) ? null : await topics.GetAsync(session, parsed, cancellation), cancellation);
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
}
