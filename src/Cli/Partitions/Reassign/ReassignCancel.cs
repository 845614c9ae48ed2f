using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions reassign cancel</c>: ends moves and takes their throttles away.</summary>
internal static class ReassignCancel
{
    public static CliCommand Build(CliContext context)
    {
        Option<string?> file = ReassignCommand.FileOption("Only the partitions of this file; all moves unless given.");
        Option<bool> preserve = ReassignCommand.PreserveThrottles();
        var command = new CliCommand("cancel", "End moves: partitions stay where they were. Their throttles go.", "moldau partitions reassign cancel") { file, preserve };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<ReassignmentEntry>? plan = ReassignCommand.ReadPlan(context, parsed.GetValue(file));
            var moving = await session.Admin.ListPartitionReassignmentsAsync(plan is null ? null : [.. plan.Select(entry => entry.Partition)], cancellation);
            var outcomes = new Outcomes(session.Report);
            if (moving.Count > 0)
            {
                foreach ((TopicPartition partition, AdminResult result) in await session.Admin.AlterPartitionReassignmentsAsync(
                    moving.Keys.ToDictionary(partition => partition, _ => (IReadOnlyList<int>?)null), true, cancellation))
                {
                    outcomes.Add(ReassignCommand.Facts(partition).Add("cancelled", result.IsSuccess), $"{partition} stays where it was.", result.Error);
                }
            }

            int directories = await StopDirectoriesAsync(session, outcomes, plan, cancellation);
            if (moving.Count + directories == 0)
            {
                session.Report.Say("no partition reassignments");
            }

            if (!parsed.GetValue(preserve) && outcomes.ExitCode == CommandExit.Ok)
            {
                await ReassignThrottle.ClearAsync(session, plan ?? [.. moving.Select(move => ReassignmentEntry.Anywhere(move.Key, move.Value.Replicas))], cancellation);
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    /// <summary>A copy into another directory ends when the replica is sent to where it is.</summary>
    private static async Task<int> StopDirectoriesAsync(Session session, Outcomes outcomes, IReadOnlyList<ReassignmentEntry>? plan, CancellationToken cancellationToken)
    {
        TopicPartitionReplica[] directed = [.. (plan ?? []).SelectMany(entry => entry.Directed).Select(replica => replica.Key)];
        if (directed.Length == 0)
        {
            return 0;
        }

        Dictionary<TopicPartitionReplica, string> back = (await session.Admin.DescribeReplicaLogDirsAsync(directed, cancellationToken))
            .Where(place => place.Value.ValueOrDefault is { FutureReplicaLogDir: not null, CurrentReplicaLogDir: not null })
            .ToDictionary(place => place.Key, place => place.Value.Value.CurrentReplicaLogDir!);
        if (back.Count > 0)
        {
            foreach ((TopicPartitionReplica replica, AdminResult result) in await session.Admin.AlterReplicaLogDirsAsync(back, cancellationToken))
            {
                outcomes.Add(ReassignCommand.Facts(replica.Partition).Add("broker", replica.BrokerId).Add("directory", back[replica]), $"{replica} stays in {back[replica]}.", result.Error);
            }
        }

        return back.Count;
    }
}
