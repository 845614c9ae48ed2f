using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions reassign</c>: what kafka-reassign-partitions does, with its files.</summary>
internal static class ReassignCommand
{
    public static Command Build(CliContext context) => new("reassign", "Move partitions between brokers.")
    {
        Subcommands = { new ReassignGenerate().Build(context), new ReassignExecute().Build(context), ReassignVerify.Build(context), List(context), ReassignCancel.Build(context) },
    };

    public static Option<string?> FileOption(string description) => new("--reassignment-json-file", "--file") { Description = description, HelpName = "FILE" };

    public static Option<bool> PreserveThrottles() => new("--preserve-throttles") { Description = "Leave the throttles of brokers and topics as they are." };

    /// <summary>The plan of the file; null when none was named.</summary>
    public static IReadOnlyList<ReassignmentEntry>? ReadPlan(CliContext context, string? path) =>
        path is null ? null : ReassignmentFile.Parse(ClientFile.ReadText(context.Disk, "--reassignment-json-file", path));

    public static Facts Facts(TopicPartition partition) => new Facts().Add("topic", partition.Topic.Value).Add("partition", partition.Partition.Value);

    private static CliCommand List(CliContext context)
    {
        var command = new CliCommand("list", "Show the moves that go on.", "moldau partitions reassign list");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            var table = new RowSet(Column.Text("topic"), Column.Number("partition"), Column.Text("replicas"), Column.Text("adding"), Column.Text("removing")) { WhenEmpty = "no partition reassignments" };
            foreach ((TopicPartition partition, PartitionReassignment move) in (await session.Admin.ListPartitionReassignmentsAsync(null, cancellation))
                .OrderBy(entry => entry.Key.Topic.Value, StringComparer.Ordinal).ThenBy(entry => entry.Key.Partition.Value))
            {
                table.Add(partition.Topic.Value, partition.Partition.Value, Cell.Numbers(move.Replicas), Cell.Numbers(move.AddingReplicas), Cell.Numbers(move.RemovingReplicas));
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }
}
