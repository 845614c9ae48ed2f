using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions sizes</c>: what takes the room, as kafka-log-dirs tells it, with a picture.</summary>
internal static class SizesCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var brokers = new Option<string[]>("--broker-list") { Description = "Only these brokers.", HelpName = "ID,…" };
        var detailed = new Option<bool>("--partitions") { Description = "A row for each replica, not for each topic." };
        var directories = new Option<bool>("--directories") { Description = "A row for each log directory, with what is free." };
        var command = new CliCommand("sizes", "Show how large topics, replicas or log directories are.", "moldau partitions sizes", "moldau partitions sizes orders --partitions", "moldau partitions sizes --directories") { brokers, detailed, directories };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            int[]? chosen = BrokerIds.Parse(parsed.GetValue(brokers) ?? []) is { Length: > 0 } some ? some : null;
            var all = await LogDirReading.AllAsync(session, chosen, cancellation);
            foreach ((int broker, AdminResult<IReadOnlyDictionary<string, LogDirDescription>> result) in all.Where(broker => !broker.Value.IsSuccess))
            {
                session.Report.Note($"broker {broker}: {result.Error!.Message}");
            }

            List<(int Broker, LogDirDescription Directory)> found = [.. all.Where(broker => broker.Value.IsSuccess).SelectMany(broker => broker.Value.Value.Values.Select(directory => (broker.Key, directory)))];
            if (parsed.GetValue(directories))
            {
                session.Report.Write(Directories(found));
                return all.Values.All(result => result.IsSuccess) ? CommandExit.Ok : CommandExit.Failed;
            }

            var replicas = found.SelectMany(place => place.Directory.Replicas.Select(replica => new ReplicaSize(replica.Key, place.Broker, place.Directory.Path, replica.Value.SizeBytes, replica.Value.OffsetLag, replica.Value.IsFuture))).ToList();
            HashSet<string> names = [.. TopicFilter.Choose(filter.Given(parsed), replicas.Select(replica => replica.Partition.Topic.Value).Distinct(StringComparer.Ordinal))];
            replicas.RemoveAll(replica => !names.Contains(replica.Partition.Topic.Value));
            session.Report.Write(parsed.GetValue(detailed) ? Replicas(replicas) : Topics(replicas));
            return all.Values.All(result => result.IsSuccess) ? CommandExit.Ok : CommandExit.Failed;
        });
        return command;
    }

    private static RowSet Topics(List<ReplicaSize> replicas)
    {
        var topics = replicas.GroupBy(replica => replica.Partition.Topic.Value).Select(topic => (Name: topic.Key, Bytes: topic.Sum(replica => replica.SizeBytes), Replicas: topic.Count(),
            Partitions: topic.Select(replica => replica.Partition).Distinct().Count(), Largest: topic.Max(replica => replica.SizeBytes))).OrderByDescending(topic => topic.Bytes).ThenBy(topic => topic.Name, StringComparer.Ordinal).ToList();
        var table = new RowSet(
            Column.Text("topic"), Column.Number("partitions"), Column.Number("replicas"), Column.Number("sizeBytes", "size"), Column.Number("largestReplicaBytes", "largest replica").Optional())
        {
            WhenEmpty = "no topics",
            Bar = row => topics[row].Bytes,
        };
        topics.ForEach(topic => table.Add(topic.Name, topic.Partitions, topic.Replicas, Cell.Bytes(topic.Bytes), Cell.Bytes(topic.Largest)));
        return table;
    }

    private static RowSet Replicas(List<ReplicaSize> replicas)
    {
        replicas = [.. replicas.OrderByDescending(replica => replica.SizeBytes).ThenBy(replica => replica.Partition.Topic.Value, StringComparer.Ordinal).ThenBy(replica => replica.Partition.Partition.Value).ThenBy(replica => replica.Broker)];
        var table = new RowSet(
            Column.Text("topic"), Column.Number("partition"), Column.Number("broker"), Column.Text("directory"), Column.Number("sizeBytes", "size"), Column.Number("offsetLag", "lag"), Column.Text("future"))
        {
            WhenEmpty = "no replicas",
            Bar = row => replicas[row].SizeBytes,
        };
        replicas.ForEach(replica => table.Add(
            replica.Partition.Topic.Value, replica.Partition.Partition.Value, replica.Broker, replica.Directory, Cell.Bytes(replica.SizeBytes), replica.OffsetLag, replica.IsFuture));
        return table;
    }

    private static RowSet Directories(List<(int Broker, LogDirDescription Directory)> found)
    {
        var table = new RowSet(
            Column.Number("broker"), Column.Text("directory"), Column.Number("replicas"), Column.Number("sizeBytes", "logs"), Column.Number("totalBytes", "volume"), Column.Number("usableBytes", "free"), Column.Text("state"))
        {
            Bar = row => found[row].Directory is { TotalBytes: > 0 and { } total, UsableBytes: { } usable } ? (total - usable) / (double)total : 0,
        };
        foreach ((int broker, LogDirDescription directory) in found)
        {
            (string state, Tone tone) = directory.Error is { } error ? (error.Message, Tone.Bad) : directory.IsCordoned ? ("cordoned", Tone.Warning) : ("online", Tone.Good);
            table.Add(
                broker, directory.Path, directory.Replicas.Count, Cell.Bytes(directory.Replicas.Values.Sum(replica => replica.SizeBytes)),
                directory.TotalBytes is { } total ? Cell.Bytes(total) : Cell.None, directory.UsableBytes is { } usable ? Cell.Bytes(usable) : Cell.None, ((Cell)state).As(tone));
        }

        return table;
    }

    private sealed record ReplicaSize(TopicPartition Partition, int Broker, string Directory, long SizeBytes, long OffsetLag, bool IsFuture);
}
