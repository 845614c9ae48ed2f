using System.CommandLine;
using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau quorum</c>: what kafka-metadata-quorum does.</summary>
internal static class QuorumCommand
{
    public static Command Build(CliContext context) => new("quorum", "Show the quorum of controllers, and change it.")
    {
        Subcommands = { Status(context), Replication(context), AddVoter(context), RemoveVoter(context) },
    };

    private static CliCommand Status(CliContext context)
    {
        var command = new CliCommand("status", "Show who leads, who votes, and how far all are.", "moldau quorum status");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            QuorumInfo quorum = await session.Admin.DescribeMetadataQuorumAsync(cancellation);
            long end = LeaderEnd(quorum);
            IEnumerable<QuorumReplicaState> followers = quorum.Voters.Where(voter => voter.ReplicaId != quorum.LeaderId);
            session.Report.Write(new Facts()
                .Add("clusterId", (await session.Admin.DescribeClusterAsync(null, cancellation)).ClusterId, "cluster id")
                .Add("leaderId", quorum.LeaderId, "leader")
                .Add("leaderEpoch", quorum.LeaderEpoch, "leader epoch")
                .Add("highWatermark", quorum.HighWatermark, "high watermark")
                .Add("maxFollowerLag", followers.Select(voter => Math.Max(0, end - voter.LogEndOffset)).DefaultIfEmpty(0).Max(), "largest lag of a voter")
                .Add("voters", Cell.Numbers(quorum.Voters.Select(voter => voter.ReplicaId)))
                .Add("observers", Cell.Numbers(quorum.Observers.Select(observer => observer.ReplicaId))));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Replication(CliContext context)
    {
        var command = new CliCommand("replication", "Show each replica of the metadata log.", "moldau quorum replication");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            QuorumInfo quorum = await session.Admin.DescribeMetadataQuorumAsync(cancellation);
            long end = LeaderEnd(quorum);
            var table = new RowSet(
                Column.Number("nodeId", "node"), Column.Text("directoryId", "directory id").Optional(), Column.Number("logEndOffset", "log end"), Column.Number("lag"), Column.Number("lastFetch", "last fetch"),
                Column.Number("lastCaughtUp", "last caught up").Optional(), Column.Text("status"), Column.Text("endpoints").Optional());
            foreach ((QuorumReplicaState replica, bool isVoter) in quorum.Voters.Select(voter => (voter, true)).Concat(quorum.Observers.Select(observer => (observer, false))))
            {
                long lag = Math.Max(0, end - replica.LogEndOffset);
                string status = replica.ReplicaId == quorum.LeaderId ? "Leader" : isVoter ? "Follower" : "Observer";
                table.Add(
                    replica.ReplicaId, replica.ReplicaDirectoryId.ToString(), replica.LogEndOffset, ((Cell)lag).As(lag > 1000 ? Tone.Warning : Tone.Plain),
                    replica.LastFetchTimestamp is { } fetch ? Cell.Timestamp(fetch.ToUnixTimeMilliseconds()) : Cell.None,
                    replica.LastCaughtUpTimestamp is { } caughtUp ? Cell.Timestamp(caughtUp.ToUnixTimeMilliseconds()) : Cell.None,
                    status,
                    quorum.Nodes.TryGetValue(replica.ReplicaId, out IReadOnlyList<RaftVoterEndpoint>? endpoints) ? Cell.Texts(endpoints.Select(endpoint => $"{endpoint.Listener}://{endpoint.Host}:{endpoint.Port}")) : Cell.None);
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand AddVoter(CliContext context)
    {
        var id = new Option<int>("--controller-id") { Description = "The controller's node.id.", HelpName = "ID", Required = true };
        var directory = new Option<string>("--controller-directory-id") { Description = "directory.id of its metadata log directory: \"moldau storage info\" there shows it.", HelpName = "ID", Required = true };
        var endpoint = new Option<string[]>("--endpoint") { Description = "Where it listens: CONTROLLER://host:9093.", HelpName = "NAME://HOST:PORT", Required = true };
        var command = new CliCommand(
            "add-voter", "Let an observing controller vote.", "moldau quorum add-voter --controller-id 4 --controller-directory-id 8pkr_MAVNAEwuBhZAu9BRg --endpoint CONTROLLER://c4:9093") { id, directory, endpoint };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            int voter = parsed.GetValue(id);
            await session.Admin.AddRaftVoterAsync(voter, DirectoryId(parsed.GetValue(directory)!), parsed.GetValue(endpoint)!.Select(Endpoint), null, cancellation);
            session.Report.Done($"Controller {voter} votes.", new Facts().Add("controllerId", voter).Add("voter", true));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand RemoveVoter(CliContext context)
    {
        var id = new Option<int>("--controller-id") { Description = "The controller's node.id.", HelpName = "ID", Required = true };
        var directory = new Option<string>("--controller-directory-id") { Description = "directory.id of its metadata log directory: \"moldau quorum replication\" shows it.", HelpName = "ID", Required = true };
        var command = new CliCommand("remove-voter", "Take a controller's vote away.", "moldau quorum remove-voter --controller-id 4 --controller-directory-id 8pkr_MAVNAEwuBhZAu9BRg") { id, directory };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            int voter = parsed.GetValue(id);
            await session.Admin.RemoveRaftVoterAsync(voter, DirectoryId(parsed.GetValue(directory)!), null, cancellation);
            session.Report.Done($"Controller {voter} does not vote any more.", new Facts().Add("controllerId", voter).Add("voter", false));
            return CommandExit.Ok;
        });
        return command;
    }

    private static long LeaderEnd(QuorumInfo quorum) => quorum.Voters.FirstOrDefault(voter => voter.ReplicaId == quorum.LeaderId)?.LogEndOffset ?? quorum.HighWatermark;

    private static Uuid DirectoryId(string text) => Uuid.TryParse(text, out Uuid id) ? id : throw CliException.Usage($"--controller-directory-id {text}: it must be an id of 22 characters");

    internal static RaftVoterEndpoint Endpoint(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        return scheme > 0 && colon > scheme + 3 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            ? new RaftVoterEndpoint(text[..scheme], text[(scheme + 3)..colon].Trim('[', ']'), port)
            : throw CliException.Usage($"--endpoint {text}: it must be NAME://HOST:PORT, as in controller.listener.names and listeners");
    }
}
