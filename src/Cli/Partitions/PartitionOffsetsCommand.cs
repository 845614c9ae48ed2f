using System.CommandLine;
using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau partitions offsets</c>: what kafka-get-offsets does.</summary>
internal static class PartitionOffsetsCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var time = new Option<string?>("--time") { Description = "earliest, latest, max-timestamp, earliest-local, latest-tiered, earliest-pending-upload, or ms since 1970. First and last unless given.", HelpName = "TIME" };
        var some = new Option<string[]>("--partitions") { Description = "Only these partitions of the topics.", HelpName = "N,…" };
        var patterns = new Option<string[]>("--topic-partitions") { Description = "Topics with partitions, as Kafka's script has it: orders:0,bills:0-3,.*:5-.", HelpName = "PATTERN,…" };
        var excludeInternal = new Option<bool>("--exclude-internal-topics", "--exclude-internal") { Description = "Without the cluster's own topics." };
        var command = new CliCommand("offsets", "Show first and last offsets, or those at a time.", "moldau partitions offsets orders", "moldau partitions offsets orders --time max-timestamp") { time, some, patterns, excludeInternal };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<PartitionPattern> chosen = PartitionPattern.Parse(filter.Given(parsed), parsed.GetValue(some) ?? [], parsed.GetValue(patterns) ?? []);
            IReadOnlyList<TopicDescription> topics = await TopicReading.DescribeAsync(session, [.. chosen.Select(pattern => pattern.Topic)], !parsed.GetValue(excludeInternal), cancellation);
            List<TopicPartition> partitions =
            [
                .. topics.SelectMany(topic => topic.Partitions.Where(partition => chosen.Count == 0 || chosen.Any(pattern => pattern.Covers(topic.Name, partition.Partition)))
                    .Select(partition => new TopicPartition(topic.Name, partition.Partition))),
            ];
            if (parsed.GetValue(time) is { } text)
            {
                return await AtAsync(session, partitions, Spec(text), cancellation);
            }

            IReadOnlyDictionary<TopicPartition, long> begins = await session.BeginningOffsetsAsync(partitions, cancellation);
            IReadOnlyDictionary<TopicPartition, long> ends = await session.EndOffsetsAsync(partitions, cancellation);
            long Records(int row) => ends.GetValueOrDefault(partitions[row]) - begins.GetValueOrDefault(partitions[row]);
            var table = new RowSet(Column.Text("topic"), Column.Number("partition"), Column.Number("earliest"), Column.Number("latest"), Column.Number("offsets")) { Bar = row => Records(row), WhenEmpty = "no partitions" };
            for (int i = 0; i < partitions.Count; i++)
            {
                table.Add(partitions[i].Topic.Value, partitions[i].Partition.Value, Known(begins, partitions[i]), Known(ends, partitions[i]), Records(i));
            }

            session.Report.Write(table);
            return ends.Count == partitions.Count ? CommandExit.Ok : CommandExit.Failed;
        });
        return command;
    }

    private static Cell Known(IReadOnlyDictionary<TopicPartition, long> offsets, TopicPartition partition) => offsets.TryGetValue(partition, out long offset) ? offset : Cell.None.ShownAs("no leader");

    private static async Task<int> AtAsync(Session session, List<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellationToken)
    {
        var results = await session.Admin.ListOffsetsAsync(partitions.ToDictionary(partition => partition, _ => spec), IsolationLevel.ReadUncommitted, cancellationToken);
        var table = new RowSet(Column.Text("topic"), Column.Number("partition"), Column.Number("offset"), Column.Number("timestamp"), Column.Text("error")) { WhenEmpty = "no partitions" };
        foreach (TopicPartition partition in partitions)
        {
            AdminResult<OffsetAtTime> result = results[partition];
            table.Add(
                partition.Topic.Value, partition.Partition.Value, result.IsSuccess && result.Value.Offset >= 0 ? result.Value.Offset : Cell.None,
                result.IsSuccess ? Cell.Timestamp(result.Value.TimestampMs) : Cell.None, result.Error is { } error ? ((Cell)error.Message).As(Tone.Bad) : Cell.None);
        }

        session.Report.Write(table);
        return results.Values.All(result => result.IsSuccess) ? CommandExit.Ok : CommandExit.Failed;
    }

    private static OffsetSpec Spec(string text) => text switch
    {
        "earliest" or "-2" => OffsetSpec.Earliest,
        "latest" or "-1" => OffsetSpec.Latest,
        "max-timestamp" or "-3" => OffsetSpec.MaxTimestamp,
        "earliest-local" or "-4" => OffsetSpec.EarliestLocal,
        "latest-tiered" or "-5" => OffsetSpec.LatestTiered,
        "earliest-pending-upload" or "-6" => OffsetSpec.EarliestPendingUpload,
        _ => OffsetSpec.ForTimestampMs(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long ms) ? ms : throw CliException.Usage($"--time {text}: it must be earliest, latest, max-timestamp, earliest-local, latest-tiered, earliest-pending-upload, or ms since 1970")),
    };
}
