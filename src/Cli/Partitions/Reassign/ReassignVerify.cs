using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions reassign verify</c>: how far the moves of a plan are; when nothing moves any more, the throttles go.</summary>
internal static class ReassignVerify
{
    public static CliCommand Build(CliContext context)
    {
        Option<string?> file = ReassignCommand.FileOption("Kafka's file of the new replicas.");
        file.Required = true;
        Option<bool> preserve = ReassignCommand.PreserveThrottles();
        var command = new CliCommand(
            "verify", "Show whether the moves of a plan are done, exit code 1 while they are not; and take throttles away when they are.", "moldau partitions reassign verify --reassignment-json-file plan.json") { file, preserve };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<ReassignmentEntry> plan = ReassignCommand.ReadPlan(context, parsed.GetValue(file))!;
            var moving = await session.Admin.ListPartitionReassignmentsAsync(null, cancellation);
            var topics = await session.Admin.DescribeTopicsAsync(plan.Select(entry => entry.Partition.Topic.Value).Distinct(StringComparer.Ordinal), null, cancellation);
            Dictionary<TopicPartitionReplica, string> directories = plan.SelectMany(entry => entry.Directed).ToDictionary();
            var places = directories.Count == 0 ? null : await session.Admin.DescribeReplicaLogDirsAsync(directories.Keys, cancellation);
            var table = new RowSet(Column.Text("topic"), Column.Number("partition"), Column.Text("wanted"), Column.Text("replicas"), Column.Text("state"), Column.Text("directories").Optional());
            bool isDone = true;
            bool movesDirectories = false;
            foreach (ReassignmentEntry entry in plan)
            {
                TopicPartitionInfo? now = topics[entry.Partition.Topic.Value].ValueOrDefault?.Partitions.FirstOrDefault(partition => partition.Partition == entry.Partition.Partition.Value);
                bool isThere = !moving.ContainsKey(entry.Partition) && now is not null && now.Replicas.SequenceEqual(entry.Replicas);
                (string state, Tone tone) = isThere ? ("completed", Tone.Good) : moving.ContainsKey(entry.Partition) ? ("in progress", Tone.Warning) : now is null ? ("not there", Tone.Bad) : ("elsewhere", Tone.Bad);
                string[] left = [.. entry.Directed.Select(replica => Left(replica.Key, replica.Value, places![replica.Key].ValueOrDefault)).OfType<string>()];
                movesDirectories |= entry.Directed.Any(replica => places![replica.Key].ValueOrDefault is { FutureReplicaLogDir: not null });
                isDone &= isThere && left.Length == 0;
                table.Add(
                    entry.Partition.Topic.Value, entry.Partition.Partition.Value, Cell.Numbers(entry.Replicas), now is null ? Cell.None : Cell.Numbers(now.Replicas), ((Cell)state).As(tone),
                    left.Length > 0 ? ((Cell)string.Join("; ", left)).As(Tone.Warning) : entry.Directed.Any() ? "completed" : Cell.None);
            }

            session.Report.Write(table);
            // Throttles hold for all moves of a broker: they stay while any goes on, also one of another plan.
            if (moving.Count == 0 && !movesDirectories && !parsed.GetValue(preserve))
            {
                await ReassignThrottle.ClearAsync(session, plan, cancellation);
            }

            return isDone ? CommandExit.Ok : CommandExit.Failed;
        });
        return command;
    }

    /// <summary>Why a replica is not in its directory yet; null when it is.</summary>
    private static string? Left(TopicPartitionReplica replica, string wanted, ReplicaLogDirInfo? place) => place switch
    {
        null or { CurrentReplicaLogDir: null } => $"broker {replica.BrokerId} does not have it",
        { FutureReplicaLogDir: { } future } when future == wanted => $"broker {replica.BrokerId} copies it, {Units.Many(place.FutureReplicaOffsetLag, "record")} left",
        { CurrentReplicaLogDir: { } now } when now != wanted => $"broker {replica.BrokerId} has it in {now}",
        _ => null,
    };
}
