using System.CommandLine;
using System.Text.Json;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau topics describe</c>.</summary>
internal static class TopicDescribeCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var topicId = new Option<string?>("--topic-id") { Description = "The topic with this id.", HelpName = "ID" };
        var under = new Option<bool>("--under-replicated-partitions") { Description = "Only partitions with a replica that is not in sync." };
        var unavailable = new Option<bool>("--unavailable-partitions") { Description = "Only partitions without a leader." };
        var underMin = new Option<bool>("--under-min-isr-partitions") { Description = "Only partitions with fewer in sync than min.insync.replicas." };
        var atMin = new Option<bool>("--at-min-isr-partitions") { Description = "Only partitions with just min.insync.replicas in sync." };
        var overrides = new Option<bool>("--topics-with-overrides") { Description = "Only topics with a configuration of their own, without partitions." };
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when there is none." };
        var excludeInternal = new Option<bool>("--exclude-internal") { Description = "Without the cluster's own topics." };
        var command = new CliCommand(
            "describe", "Show topics, their configuration and partitions.", "moldau topics describe orders", "moldau topics describe --under-replicated-partitions")
        {
            topicId, under, unavailable, underMin, atMin, overrides, excludeInternal, ifExists,
        };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<TopicDescription> topics = parsed.GetValue(topicId) is { } id
                ? [await ByIdAsync(session, id, cancellation)]
                : await TopicReading.DescribeAsync(session, filter.Given(parsed), !parsed.GetValue(excludeInternal), cancellation, mayBeNone: parsed.GetValue(ifExists));
            IReadOnlyDictionary<string, Config> configs = await TopicReading.ConfigsAsync(session, topics.Select(topic => topic.Name), cancellation);
            bool IsShown(TopicPartitionInfo partition, int minimum) =>
                (!parsed.GetValue(under) || partition.InSyncReplicas.Count < partition.Replicas.Count)
                && (!parsed.GetValue(unavailable) || partition.Leader is null)
                && (!parsed.GetValue(underMin) || partition.InSyncReplicas.Count < minimum)
                && (!parsed.GetValue(atMin) || partition.InSyncReplicas.Count == minimum);
            bool isFiltered = parsed.GetValue(under) || parsed.GetValue(unavailable) || parsed.GetValue(underMin) || parsed.GetValue(atMin);
            bool onlyOverrides = parsed.GetValue(overrides);
            foreach (TopicDescription topic in topics)
            {
                Config? config = configs.GetValueOrDefault(topic.Name);
                int minimum = int.TryParse(config?.Get("min.insync.replicas")?.Value, out int value) ? value : 1;
                List<TopicPartitionInfo> partitions = onlyOverrides ? [] : [.. topic.Partitions.Where(partition => IsShown(partition, minimum))];
                List<ConfigEntry> own = config is null ? [] : [.. config.Entries.Where(entry => entry.Source == ConfigSource.DynamicTopicConfig)];
                if ((!isFiltered || partitions.Count > 0) && (!onlyOverrides || own.Count > 0))
                {
                    Show(session.Report, topic, own, partitions, minimum);
                }
            }

            return CommandExit.Ok;
        });
        return command;
    }

    private static async Task<TopicDescription> ByIdAsync(Session session, string text, CancellationToken cancellationToken)
    {
        if (!Uuid.TryParse(text, out Uuid id))
        {
            throw CliException.Usage($"--topic-id {text}: it must be an id of 22 characters, as \"moldau topics list --long\" shows it");
        }

        return (await session.Admin.DescribeTopicsAsync([id], null, cancellationToken))[id].Value;
    }

    private static void Show(Report report, TopicDescription topic, List<ConfigEntry> own, List<TopicPartitionInfo> partitions, int minimum)
    {
        int factor = topic.Partitions.Count == 0 ? 0 : topic.Partitions.Min(partition => partition.Replicas.Count);
        if (report.IsJson)
        {
            report.Object(json => WriteJson(json, topic, factor, own, partitions));
            return;
        }

        string configs = string.Join(",", own.Select(entry => $"{entry.Name}={entry.Value}"));
        report.Say($"Topic: {topic.Name}  TopicId: {topic.TopicId}  PartitionCount: {topic.Partitions.Count}  ReplicationFactor: {factor}  Configs: {configs}");
        if (partitions.Count == 0)
        {
            return;
        }

        var table = new RowSet(
            Column.Number("partition"), Column.Number("leader"), Column.Text("replicas"), Column.Text("isr", "in sync"), Column.Text("elr"), Column.Text("lastKnownElr", "last known elr"), Column.Text("state"));
        foreach (TopicPartitionInfo partition in partitions)
        {
            (string state, Tone tone) = partition.Leader is null ? ("offline", Tone.Bad)
                : partition.InSyncReplicas.Count < Math.Min(minimum, partition.Replicas.Count) ? ("under min isr", Tone.Bad)
                : partition.InSyncReplicas.Count < partition.Replicas.Count ? ("under-replicated", Tone.Warning)
                : ("ok", Tone.Good);
            table.Add(
                partition.Partition, (long?)partition.Leader, Cell.Numbers(partition.Replicas), Cell.Numbers(partition.InSyncReplicas),
                Ids(partition.EligibleLeaderReplicas), Ids(partition.LastKnownEligibleLeaderReplicas), ((Cell)state).As(tone));
        }

        report.Write(table);
    }

    private static Cell Ids(IReadOnlyList<int>? ids) => ids is { Count: > 0 } ? Cell.Numbers(ids) : Cell.None;

    private static void WriteJson(Utf8JsonWriter json, TopicDescription topic, int factor, List<ConfigEntry> own, List<TopicPartitionInfo> partitions)
    {
        json.WriteString("topic", topic.Name);
        json.WriteString("topicId", topic.TopicId.ToString());
        json.WriteBoolean("internal", topic.IsInternal);
        json.WriteNumber("partitionCount", topic.Partitions.Count);
        json.WriteNumber("replicationFactor", factor);
        json.WriteStartObject("configs");
        own.ForEach(entry => json.WriteString(entry.Name, entry.Value));
        json.WriteEndObject();
        json.WriteStartArray("partitions");
        foreach (TopicPartitionInfo partition in partitions)
        {
            json.WriteStartObject();
            json.WriteNumber("partition", partition.Partition);
            ((Cell)(long?)partition.Leader).WriteTo(json, "leader");
            json.WriteNumber("leaderEpoch", partition.LeaderEpoch);
            Cell.Numbers(partition.Replicas).WriteTo(json, "replicas");
            Cell.Numbers(partition.InSyncReplicas).WriteTo(json, "isr");
            Cell.Numbers(partition.OfflineReplicas).WriteTo(json, "offline");
            Ids(partition.EligibleLeaderReplicas).WriteTo(json, "elr");
            Ids(partition.LastKnownEligibleLeaderReplicas).WriteTo(json, "lastKnownElr");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
