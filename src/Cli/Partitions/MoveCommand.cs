using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions move</c>: to another log directory of the same broker.</summary>
internal static class MoveCommand
{
    public static Command Build(CliContext context)
    {
        var topics = new PartitionList();
        var broker = new Option<int>("--broker") { Description = "The broker.", HelpName = "ID", Required = true };
        var to = new Option<string>("--to") { Description = "The log directory, as \"partitions sizes --directories\" shows it.", HelpName = "DIRECTORY", Required = true };
        var command = new CliCommand("move", "Move replicas to another log directory of their broker, while they are served.", "moldau partitions move --topic orders:0 --broker 1 --to /disk2") { broker, to };
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<TopicPartition> partitions = topics.IsGiven(parsed) ? await topics.GetAsync(session, parsed, cancellation) : throw CliException.Usage("which partitions? --topic TOPIC[:N]");
            string directory = parsed.GetValue(to)!;
            int id = parsed.GetValue(broker);
            var results = await session.Admin.AlterReplicaLogDirsAsync(partitions.ToDictionary(partition => new TopicPartitionReplica(partition, id), _ => directory), cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach ((TopicPartitionReplica replica, AdminResult result) in results)
            {
                outcomes.Add(
                    new Facts().Add("topic", replica.Partition.Topic.Value).Add("partition", replica.Partition.Partition.Value).Add("broker", id).Add("directory", directory),
                    $"{replica} moves to {directory}; \"moldau partitions sizes --partitions\" shows how far it is.",
                    result.Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }
}
