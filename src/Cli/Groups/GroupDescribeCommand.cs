using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau groups describe</c>: lag by partition, or members, or the state.</summary>
internal static class GroupDescribeCommand
{
    public static Command Build(CliContext context)
    {
        var groups = new GroupOptions(canBeAll: true);
        var offsets = new Option<bool>("--offsets") { Description = "Offsets and lag by partition; this unless another is asked for." };
        var members = new Option<bool>("--members") { Description = "The members and what they read." };
        var state = new Option<bool>("--state") { Description = "State, coordinator and assignor." };
        var verbose = new Option<bool>("--verbose") { Description = "With --members: their partitions; with --state: epochs." };
        var command = new CliCommand(
            "describe", "Show the lag, members or state of groups.", "moldau groups describe billing", "moldau groups describe --all-groups --state", "moldau groups describe billing --members --verbose")
        {
            offsets, members, state, verbose,
        };
        groups.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<GroupListing> listings = await GroupReading.FindAsync(session, groups.Get(parsed), cancellation);
            List<GroupPicture> pictures = [];
            foreach (GroupListing listing in listings)
            {
                pictures.Add(await GroupReading.DescribeAsync(session, listing, cancellation));
            }

            if (parsed.GetValue(state))
            {
                session.Report.Write(States(pictures));
            }
            else if (parsed.GetValue(members))
            {
                session.Report.Write(Members(pictures, parsed.GetValue(verbose) || session.Report.IsJson));
            }
            else
            {
                await WriteLagAsync(session, pictures, cancellation);
            }

            return CommandExit.Ok;
        });
        return command;
    }

    private static async Task WriteLagAsync(Session session, List<GroupPicture> groups, CancellationToken cancellationToken)
    {
        var lags = new List<GroupLag>();
        var table = new RowSet(
            Column.Text("group"), Column.Text("topic"), Column.Number("partition"), Column.Number("currentOffset", "current"), Column.Number("logEndOffset", "log end"), Column.Number("lag"),
            Column.Text("memberId", "member").Optional(), Column.Text("host").Optional(), Column.Text("clientId", "client").Optional())
        {
            WhenEmpty = "no committed offsets and no members",
            Bar = row => lags[row].Lag ?? 0,
        };
        foreach (GroupPicture group in groups)
        {
            foreach (GroupLag lag in await GroupReading.LagAsync(session, group, cancellationToken))
            {
                lags.Add(lag);
                table.Add(
                    group.GroupId, lag.Partition.Topic.Value, lag.Partition.Partition.Value, lag.CommittedOffset, lag.LogEndOffset, ((Cell)lag.Lag).As(lag.Lag > 0 ? Tone.Warning : Tone.Plain),
                    lag.Owner?.MemberId, lag.Owner?.Host, lag.Owner?.ClientId);
            }

            if (group.Members.Count == 0 && group.Type != GroupType.Unknown)
            {
                session.Report.Note($"group {group.GroupId} has no active members");
            }
        }

        session.Report.Write(table);
        if (!session.Report.IsJson && lags.Count > 1)
        {
            session.Report.Say($"{Units.Many(lags.Sum(lag => lag.Lag ?? 0), "record")} behind in {lags.Count} partitions");
        }
    }

    private static RowSet States(List<GroupPicture> groups)
    {
        var table = new RowSet(
            Column.Text("group"), Column.Text("type"), Column.Text("state"), Column.Number("members"), Column.Text("assignor"), Column.Number("epoch"), Column.Text("coordinator"));
        foreach (GroupPicture group in groups)
        {
            table.Add(
                group.GroupId, group.Type.ToString(), ((Cell)group.State.ToString()).As(group.State == GroupState.Stable ? Tone.Good : Tone.Plain), group.Members.Count,
                group.Assignor.Length == 0 ? Cell.None : group.Assignor, (long?)group.Epoch, $"{group.Coordinator.Host}:{group.Coordinator.Port} ({group.Coordinator.Id})");
        }

        return table;
    }

    private static RowSet Members(List<GroupPicture> groups, bool withPartitions)
    {
        List<Column> columns =
        [
            Column.Text("group"), Column.Text("memberId", "member"), Column.Text("instanceId", "instance"), Column.Text("host").Optional(), Column.Text("clientId", "client").Optional(), Column.Number("partitionCount", "partitions"),
        ];
        if (withPartitions)
        {
            columns.Add(Column.Text("assignment").Wrapping());
        }

        var table = new RowSet([.. columns]) { WhenEmpty = "no members" };
        foreach (GroupPicture group in groups)
        {
            foreach (MemberDescription member in group.Members)
            {
                List<Cell> cells = [group.GroupId, member.MemberId, member.GroupInstanceId, member.Host, member.ClientId, member.Assignment.Count];
                if (withPartitions)
                {
                    cells.Add(Cell.Texts(member.Assignment.Select(partition => partition.ToString())).ShownAs(Assigned(member.Assignment)));
                }

                table.Add([.. cells]);
            }
        }

        return table;
    }

    /// <summary>"orders(0,1,2), bills(0)".</summary>
    private static string Assigned(IReadOnlyList<TopicPartition> partitions) =>
        string.Join(", ", partitions.GroupBy(partition => partition.Topic.Value).Select(topic => $"{topic.Key}({string.Join(",", topic.Select(partition => partition.Partition.Value).Order())})"));
}
