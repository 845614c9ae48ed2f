using System.CommandLine;
using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary><c>moldau partitions reassign execute</c>.</summary>
internal sealed class ReassignExecute
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Option<string?> _file = ReassignCommand.FileOption("Kafka's file of the new replicas.");
    private readonly Option<bool> _keepFactor = new("--disallow-replication-factor-change") { Description = "Refuse plans that change how many replicas there are." };
    private readonly Option<bool> _additional = new("--additional") { Description = "Though other moves go on; also to change their throttle." };
    private readonly Option<long?> _throttle = new("--throttle") { Description = "What moves between brokers may take, in bytes a second of each broker, until verify or cancel takes it back.", HelpName = "BYTES" };
    private readonly Option<long?> _directoryThrottle = new("--replica-alter-log-dirs-throttle") { Description = "The same of moves between directories.", HelpName = "BYTES" };
    private readonly Option<long> _timeoutMs = new("--timeout") { Description = "How long directories may take to be ready for a replica.", HelpName = "MS", DefaultValueFactory = _ => 10_000 };

    public CliCommand Build(CliContext context)
    {
        var command = new CliCommand(
            "execute", "Begin the moves of a plan. What was goes to standard error: the way back.", "moldau partitions reassign execute --reassignment-json-file plan.json --throttle 50000000 2> back.json")
        {
            _file, _keepFactor, _additional, _throttle, _directoryThrottle, _timeoutMs,
        };
        _file.Required = true;
        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ReassignmentEntry> plan = ReassignCommand.ReadPlan(session.Context, parsed.GetValue(_file))!;
        long? throttle = Rate(parsed, _throttle);
        long? directoryThrottle = Rate(parsed, _directoryThrottle);
        IReadOnlyDictionary<TopicPartition, PartitionReassignment> moving = await session.Admin.ListPartitionReassignmentsAsync(null, cancellationToken);
        if (moving.Count > 0 && !parsed.GetValue(_additional))
        {
            throw CliException.Failed($"{moving.Count} partitions move already", "\"moldau partitions reassign list\" shows them; --additional begins these moves beside them");
        }

        await RequireBrokersAsync(session, plan, cancellationToken);
        Dictionary<TopicPartition, IReadOnlyList<int>> current = await CurrentAsync(session, plan, cancellationToken);
        session.Context.Error.WriteLine(ReassignmentFile.Text(plan.Select(entry => ReassignmentEntry.Anywhere(entry.Partition, current[entry.Partition]))));
        if (session.Context.IsErrorTerminal)
        {
            session.Report.Note("above is what was; keep it, execute with it goes back");
        }

        Dictionary<TopicPartitionReplica, string> directories = plan.SelectMany(entry => entry.Directed).ToDictionary();
        bool isThrottled = await ThrottleAsync(session, throttle, directoryThrottle, ReassignThrottle.Moves(plan, current, moving), directories.Keys, cancellationToken);
        var wanted = plan.ToDictionary(entry => entry.Partition, entry => (IReadOnlyList<int>?)entry.Replicas);
        var results = await session.Admin.AlterPartitionReassignmentsAsync(wanted, !parsed.GetValue(_keepFactor), cancellationToken);
        var outcomes = new Outcomes(session.Report);
        foreach (ReassignmentEntry entry in plan)
        {
            outcomes.Add(ReassignCommand.Facts(entry.Partition).Add("replicas", Cell.Numbers(entry.Replicas)), $"{entry.Partition} goes to {string.Join(",", entry.Replicas)}.", results[entry.Partition].Error);
        }

        await DirectAsync(session, outcomes, directories, TimeSpan.FromMilliseconds(parsed.GetValue(_timeoutMs)), cancellationToken);
        if (isThrottled)
        {
            session.Report.Say("the throttle stays until all is moved and \"moldau partitions reassign verify\" was run: run it from time to time");
        }

        return outcomes.ExitCode;
    }

    private static long? Rate(ParseResult parsed, Option<long?> option) => parsed.GetValue(option) switch
    {
        null or < 0 => null,
        >= ReassignThrottle.LeastBytesPerSecond and var rate => rate,
        var rate => throw CliException.Usage($"{option.Name} {rate}: it must be {ReassignThrottle.LeastBytesPerSecond} bytes a second or more, else the moves hardly ever end"),
    };

    private static async Task RequireBrokersAsync(Session session, IReadOnlyList<ReassignmentEntry> plan, CancellationToken cancellationToken)
    {
        ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellationToken);
        int[] unknown = [.. plan.SelectMany(entry => entry.Replicas).Distinct().Except(cluster.Nodes.Select(node => node.Id)).Order()];
        if (unknown.Length > 0)
        {
            throw CliException.Failed($"the plan names broker {string.Join(", ", unknown)}, which is not there", "\"moldau cluster nodes\" shows those that are; nothing was moved");
        }
    }

    /// <summary>Where the partitions of a plan are.</summary>
    /// <exception cref="CliException">One of them is not there.</exception>
    private static async Task<Dictionary<TopicPartition, IReadOnlyList<int>>> CurrentAsync(Session session, IReadOnlyList<ReassignmentEntry> plan, CancellationToken cancellationToken)
    {
        var topics = await session.Admin.DescribeTopicsAsync(plan.Select(entry => entry.Partition.Topic.Value).Distinct(StringComparer.Ordinal), null, cancellationToken);
        return plan.ToDictionary(
            entry => entry.Partition,
            entry => topics[entry.Partition.Topic.Value].Value.Partitions.FirstOrDefault(partition => partition.Partition == entry.Partition.Partition.Value)?.Replicas
                ?? throw CliException.Failed($"the plan names {entry.Partition}, which is not there", $"\"moldau topics describe {entry.Partition.Topic}\" shows its partitions; nothing was moved"));
    }

    /// <summary>Sets what was asked for; false when nothing needed to be.</summary>
    private static async Task<bool> ThrottleAsync(
        Session session, long? throttle, long? directoryThrottle, IReadOnlyList<ReplicaMove> moves, IEnumerable<TopicPartitionReplica> directed, CancellationToken cancellationToken)
    {
        bool isSet = false;
        if (throttle is { } rate)
        {
            if (moves.Count == 0)
            {
                session.Report.Say("nothing goes to another broker: no throttle is needed");
            }
            else
            {
                await ReassignThrottle.SetAsync(session, ReassignThrottle.BetweenBrokers(moves, rate), cancellationToken);
                isSet = true;
            }
        }

        if (directoryThrottle is { } between)
        {
            await ReassignThrottle.SetAsync(session, ReassignThrottle.BetweenDirectories(directed.Select(replica => replica.BrokerId), between), cancellationToken);
            isSet = true;
        }

        return isSet;
    }

    /// <summary>A broker takes the directory of a replica when it has the replica, which may be some moments after its move began.</summary>
    private static async Task DirectAsync(Session session, Outcomes outcomes, Dictionary<TopicPartitionReplica, string> directories, TimeSpan patience, CancellationToken cancellationToken)
    {
        TimeProvider time = session.Context.Seams.Time;
        long start = time.GetTimestamp();
        while (directories.Count > 0)
        {
            bool isLast = time.GetElapsedTime(start) >= patience;
            foreach ((TopicPartitionReplica replica, AdminResult result) in await session.Admin.AlterReplicaLogDirsAsync(directories, cancellationToken))
            {
                if (isLast || result.Error is not { Code: ErrorCode.ReplicaNotAvailable })
                {
                    string directory = directories[replica];
                    outcomes.Add(ReassignCommand.Facts(replica.Partition).Add("broker", replica.BrokerId).Add("directory", directory), $"{replica} goes to {directory}.", result.Error);
                    directories.Remove(replica);
                }
            }

            await (directories.Count > 0 ? Task.Delay(Pause, time, cancellationToken) : Task.CompletedTask);
        }
    }
}
