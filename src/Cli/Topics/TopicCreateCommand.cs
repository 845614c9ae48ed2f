using System.CommandLine;
using Moldau.Client;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary><c>moldau topics create</c>.</summary>
internal static class TopicCreateCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var partitions = new Option<int?>("--partitions") { Description = "How many partitions; the brokers' num.partitions unless given.", HelpName = "N" };
        var factor = new Option<short?>("--replication-factor") { Description = "On how many brokers each is; the brokers' default.replication.factor unless given.", HelpName = "N" };
        var assignment = new Option<string?>("--replica-assignment") { Description = "The brokers of each partition instead: 1:2,2:3.", HelpName = "BROKERS" };
        var configs = new Option<string[]>("--config") { Description = "One key of the topic's configuration.", HelpName = "KEY=VALUE" };
        var ifNotExists = new Option<bool>("--if-not-exists") { Description = "A topic that is there is left as it is." };
        var validateOnly = new Option<bool>("--validate-only") { Description = "Only say whether it would work." };
        var command = new CliCommand(
            "create", "Create topics.", "moldau topics create orders --partitions 12 --replication-factor 3 --config retention.ms=86400000 --config min.insync.replicas=2")
        {
            partitions, factor, assignment, configs, ifNotExists, validateOnly,
        };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<string> names = filter.Names(parsed);
            Dictionary<string, string?> keys = (parsed.GetValue(configs) ?? []).Select(pair => ClientFile.Pair("--config", pair)).ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
            IReadOnlyDictionary<int, IReadOnlyList<int>>? replicas = null;
            if (parsed.GetValue(assignment) is { } text)
            {
                if (parsed.GetValue(partitions) is not null || parsed.GetValue(factor) is not null)
                {
                    throw CliException.Usage("--replica-assignment says how many partitions and replicas: without --partitions and --replication-factor");
                }

                replicas = ReplicaAssignment.Parse(text).Index().ToDictionary(partition => partition.Index, partition => partition.Item);
            }

            var topics = names.Select(name => new NewTopic(name, parsed.GetValue(partitions) ?? -1, parsed.GetValue(factor) ?? -1) { Configs = keys, ReplicasAssignments = replicas });
            bool isDry = parsed.GetValue(validateOnly);
            var results = await session.Admin.CreateTopicsAsync(topics, new CreateTopicsOptions { ValidateOnly = isDry }, cancellation);
            return Tell(session.Report, names, results, parsed.GetValue(ifNotExists), isDry);
        });
        return command;
    }

    private static int Tell(Report report, IReadOnlyList<string> names, IReadOnlyDictionary<string, AdminResult<CreatedTopic>> results, bool ifNotExists, bool isDry)
    {
        var outcomes = new Outcomes(report);
        foreach (string name in names)
        {
            AdminResult<CreatedTopic> result = results[name];
            Facts facts = new Facts().Add("topic", name).Add("created", result.IsSuccess && !isDry);
            if (result.Error is { Code: ErrorCode.TopicAlreadyExists } && ifNotExists)
            {
                outcomes.Add(facts, $"Topic {name} is there already.", null);
                continue;
            }

            CreatedTopic? topic = result.ValueOrDefault;
            outcomes.Add(
                facts.Add("partitions", (long?)topic?.NumPartitions).Add("replicationFactor", (long?)topic?.ReplicationFactor).Add("topicId", topic?.TopicId.ToString()),
                isDry ? $"Topic {name} could be created." : topic is { NumPartitions: > 0 } ? $"Created topic {name}: {topic.NumPartitions} partitions, replication factor {topic.ReplicationFactor}." : $"Created topic {name}.",
                result.Error);
        }

        return outcomes.ExitCode;
    }
}
