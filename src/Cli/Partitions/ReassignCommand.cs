using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions reassign</c>: what kafka-reassign-partitions does, with its files.</summary>
internal static class ReassignCommand
{
    public static Command Build(CliContext context) => new("reassign", "Move partitions between brokers.")
    {
        Subcommands = { Generate(context), Execute(context), Verify(context), List(context), Cancel(context) },
    };

    private static Option<string> FileOption() => new("--reassignment-json-file", "--file") { Description = "Kafka's file of the new replicas.", HelpName = "FILE", Required = true };

    private static CliCommand Generate(CliContext context)
    {
        var topics = new Option<string[]>("--topics", "--topic") { Description = "The topics; names or regular expressions.", HelpName = "TOPIC,…" };
        var brokers = new Option<string?>("--broker-list") { Description = "The brokers to spread them over; all unless given.", HelpName = "ID,…" };
        var factor = new Option<int?>("--replication-factor") { Description = "How many replicas; as now unless given.", HelpName = "N" };
        var command = new CliCommand(
            "generate", "Print a plan that spreads topics evenly over brokers and racks, as the file that execute takes. What is now goes to standard error.",
            "moldau partitions reassign generate --topics 'orders.*' --replication-factor 3 > plan.json")
        {
            topics, brokers, factor,
        };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            string[] asked = [.. (parsed.GetValue(topics) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
            if (asked.Length == 0)
            {
                throw CliException.Usage("which topics? --topics TOPIC,…");
            }

            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellation);
            HashSet<int>? chosen = parsed.GetValue(brokers)?.Split(',', StringSplitOptions.TrimEntries).Select(id => int.TryParse(id, out int number) ? number : throw CliException.Usage($"--broker-list: '{id}' is no broker id")).ToHashSet();
            List<(int Id, string? Rack)> ring = [.. cluster.Nodes.Where(node => chosen?.Contains(node.Id) ?? true).Select(node => (node.Id, node.Rack))];
            IReadOnlyList<TopicDescription> described = await TopicReading.DescribeAsync(session, asked, withInternal: true, cancellation);
            List<ReassignmentEntry> plan = [];
            foreach ((int index, TopicDescription topic) in described.Index())
            {
                int replicas = parsed.GetValue(factor) ?? topic.Partitions.Max(partition => partition.Replicas.Count);
                IReadOnlyList<IReadOnlyList<int>> spread = ReplicaPlan.Spread(topic.Partitions.Count, replicas, ring, index);
                plan.AddRange(topic.Partitions.Select((partition, at) => new ReassignmentEntry(new TopicPartition(topic.Name, partition.Partition), spread[at], [.. spread[at].Select(_ => ReassignmentEntry.AnyDirectory)])));
            }

            session.Report.Note($"{plan.Count} partitions; what is now is worth keeping: moldau topics describe --json");
            new Report(context, isJson: true).Object(json => ReassignmentFile.Write(json, plan));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Execute(CliContext context)
    {
        Option<string> file = FileOption();
        var keepFactor = new Option<bool>("--disallow-replication-factor-change") { Description = "Refuse plans that change how many replicas there are." };
        var command = new CliCommand("execute", "Begin the moves of a plan.", "moldau partitions reassign execute --reassignment-json-file plan.json") { file, keepFactor };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<ReassignmentEntry> plan = ReassignmentFile.Parse(ClientFile.ReadText(context.Disk, "--reassignment-json-file", parsed.GetValue(file)!));
            var wanted = plan.ToDictionary(entry => entry.Partition, entry => (IReadOnlyList<int>?)entry.Replicas);
            var results = await session.Admin.AlterPartitionReassignmentsAsync(wanted, !parsed.GetValue(keepFactor), cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (ReassignmentEntry entry in plan)
            {
                outcomes.Add(Facts(entry.Partition).Add("replicas", Cell.Numbers(entry.Replicas)), $"{entry.Partition} goes to {string.Join(",", entry.Replicas)}.", results[entry.Partition].Error);
            }

            Dictionary<TopicPartitionReplica, string> moves = plan
                .SelectMany(entry => entry.Replicas.Zip(entry.Directories, (broker, directory) => (Replica: new TopicPartitionReplica(entry.Partition, broker), Directory: directory)))
                .Where(move => move.Directory != ReassignmentEntry.AnyDirectory)
                .ToDictionary(move => move.Replica, move => move.Directory);
            if (moves.Count > 0)
            {
                foreach ((TopicPartitionReplica replica, AdminResult result) in await session.Admin.AlterReplicaLogDirsAsync(moves, cancellation))
                {
                    outcomes.Add(Facts(replica.Partition).Add("broker", replica.BrokerId).Add("directory", moves[replica]), $"{replica} goes to {moves[replica]}.", result.Error);
                }
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    private static CliCommand Verify(CliContext context)
    {
        Option<string> file = FileOption();
        var command = new CliCommand("verify", "Show whether the moves of a plan are done; exit code 1 while they are not.", "moldau partitions reassign verify --reassignment-json-file plan.json") { file };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<ReassignmentEntry> plan = ReassignmentFile.Parse(ClientFile.ReadText(context.Disk, "--reassignment-json-file", parsed.GetValue(file)!));
            var moving = await session.Admin.ListPartitionReassignmentsAsync([.. plan.Select(entry => entry.Partition)], cancellation);
            var topics = await session.Admin.DescribeTopicsAsync(plan.Select(entry => entry.Partition.Topic.Value).Distinct(StringComparer.Ordinal), null, cancellation);
            var table = new RowSet(Column.Text("topic"), Column.Number("partition"), Column.Text("wanted"), Column.Text("replicas"), Column.Text("state"));
            bool isDone = true;
            foreach (ReassignmentEntry entry in plan)
            {
                TopicPartitionInfo? now = topics[entry.Partition.Topic.Value].ValueOrDefault?.Partitions.FirstOrDefault(partition => partition.Partition == entry.Partition.Partition.Value);
                bool isThere = !moving.ContainsKey(entry.Partition) && now is not null && now.Replicas.SequenceEqual(entry.Replicas);
                isDone &= isThere;
                (string state, Tone tone) = isThere ? ("completed", Tone.Good) : moving.ContainsKey(entry.Partition) ? ("in progress", Tone.Warning) : ("elsewhere", Tone.Bad);
                table.Add(entry.Partition.Topic.Value, entry.Partition.Partition.Value, Cell.Numbers(entry.Replicas), now is null ? Cell.None : Cell.Numbers(now.Replicas), ((Cell)state).As(tone));
            }

            session.Report.Write(table);
            return isDone ? CommandExit.Ok : CommandExit.Failed;
        });
        return command;
    }

    private static CliCommand List(CliContext context)
    {
        var command = new CliCommand("list", "Show the moves that go on.", "moldau partitions reassign list");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            var table = new RowSet(Column.Text("topic"), Column.Number("partition"), Column.Text("replicas"), Column.Text("adding"), Column.Text("removing")) { WhenEmpty = "no partition reassignments" };
            foreach ((TopicPartition partition, PartitionReassignment move) in (await session.Admin.ListPartitionReassignmentsAsync(null, cancellation)).OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal))
            {
                table.Add(partition.Topic.Value, partition.Partition.Value, Cell.Numbers(move.Replicas), Cell.Numbers(move.AddingReplicas), Cell.Numbers(move.RemovingReplicas));
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Cancel(CliContext context)
    {
        var file = new Option<string?>("--reassignment-json-file", "--file") { Description = "Only the partitions of this file; all moves unless given.", HelpName = "FILE" };
        var command = new CliCommand("cancel", "End moves: partitions stay where they were.", "moldau partitions reassign cancel") { file };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyCollection<TopicPartition>? some = parsed.GetValue(file) is { } path ? [.. ReassignmentFile.Parse(ClientFile.ReadText(context.Disk, "--reassignment-json-file", path)).Select(entry => entry.Partition)] : null;
            var moving = await session.Admin.ListPartitionReassignmentsAsync(some, cancellation);
            if (moving.Count == 0)
            {
                session.Report.Say("no partition reassignments");
                return CommandExit.Ok;
            }

            var results = await session.Admin.AlterPartitionReassignmentsAsync(moving.Keys.ToDictionary(partition => partition, _ => (IReadOnlyList<int>?)null), true, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach ((TopicPartition partition, AdminResult result) in results)
            {
                outcomes.Add(Facts(partition).Add("cancelled", result.IsSuccess), $"{partition} stays where it was.", result.Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    private static Facts Facts(TopicPartition partition) => new Facts().Add("topic", partition.Topic.Value).Add("partition", partition.Partition.Value);
}
