using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau topics alter</c>: more partitions.</summary>
internal static class TopicAlterCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var partitions = new Option<int>("--partitions") { Description = "How many partitions it shall have in all.", HelpName = "N", Required = true };
        var assignment = new Option<string?>("--replica-assignment") { Description = "The brokers of each partition, those that there are first: 1:2,2:3.", HelpName = "BROKERS" };
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when there is none." };
        var validateOnly = new Option<bool>("--validate-only") { Description = "Only say whether it would work." };
        var command = new CliCommand(
            "alter", "Give topics more partitions. Keys go to other partitions from then on; configuration is changed by \"moldau configs alter\".", "moldau topics alter orders --partitions 24")
        {
            partitions, assignment, ifExists, validateOnly,
        };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<TopicDescription> topics = await TopicReading.DescribeAsync(session, filter.Names(parsed), withInternal: true, cancellation, mayBeNone: parsed.GetValue(ifExists));
            int count = parsed.GetValue(partitions);
            IReadOnlyList<IReadOnlyList<int>>? all = parsed.GetValue(assignment) is { } text ? ReplicaAssignment.Parse(text) : null;
            if (all is not null && all.Count != count)
            {
                throw CliException.Usage($"--replica-assignment has {all.Count} partitions, --partitions says {count}");
            }

            var wanted = topics.Select(topic => new NewPartitions(topic.Name, count) { NewAssignments = all is null ? null : [.. all.Skip(topic.Partitions.Count)] });
            bool isDry = parsed.GetValue(validateOnly);
            var results = await session.Admin.CreatePartitionsAsync(wanted, new CreatePartitionsOptions { ValidateOnly = isDry }, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (TopicDescription topic in topics)
            {
                outcomes.Add(
                    new Facts().Add("topic", topic.Name).Add("partitions", count).Add("before", topic.Partitions.Count),
                    isDry ? $"Topic {topic.Name} could have {count} partitions." : $"Topic {topic.Name} has {count} partitions; it had {topic.Partitions.Count}.",
                    results[topic.Name].Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }
}
