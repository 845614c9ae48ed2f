using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau cluster</c>: who is in it.</summary>
internal static class ClusterCommand
{
    public static Command Build(CliContext context) => new("cluster", "Show the cluster, its nodes and features.")
    {
        Subcommands = { Id(context), Nodes(context) },
    };

    private static CliCommand Id(CliContext context)
    {
        var command = new CliCommand("id", "Print the cluster's id.", "moldau cluster id");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellation);
            session.Report.Done($"Cluster ID: {cluster.ClusterId}", new Facts().Add("clusterId", cluster.ClusterId));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Nodes(CliContext context)
    {
        var fenced = new Option<bool>("--include-fenced-brokers") { Description = "Also brokers that the controller has fenced." };
        var command = new CliCommand("nodes", "List the nodes with their addresses.", "moldau cluster nodes") { fenced };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(new DescribeClusterOptions { IncludeFencedBrokers = parsed.GetValue(fenced) }, cancellation);
            var table = new RowSet(Column.Number("id"), Column.Text("host"), Column.Number("port"), Column.Text("rack"), Column.Text("controller"), Column.Text("state"));
            foreach (Node node in cluster.Nodes.OrderBy(node => node.Id))
            {
                table.Add(node.Id, node.Host, node.Port, node.Rack, node.Id == cluster.Controller?.Id, ((Cell)(node.IsFenced ? "fenced" : "active")).As(node.IsFenced ? Tone.Bad : Tone.Good));
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }
}
