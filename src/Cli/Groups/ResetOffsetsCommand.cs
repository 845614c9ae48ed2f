using System.CommandLine;
using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau groups reset-offsets</c>: shows what it would do, and does it with <c>--execute</c>.</summary>
internal sealed class ResetOffsetsCommand
{
    private readonly GroupOptions _groups = new(canBeAll: false);
    private readonly PartitionList _topics = new();
    private readonly Option<bool> _allTopics = new("--all-topics", "--all-input-topics") { Description = "All topics that the group has committed offsets for." };
    private readonly Option<bool> _earliest = new("--to-earliest") { Description = "To the first record." };
    private readonly Option<bool> _latest = new("--to-latest") { Description = "To the end." };
    private readonly Option<bool> _current = new("--to-current") { Description = "Where they are, brought into what the log has." };
    private readonly Option<long?> _offset = new("--to-offset") { Description = "To this offset.", HelpName = "N" };
    private readonly Option<long?> _shift = new("--shift-by") { Description = "By so many records, back when negative.", HelpName = "N" };
    private readonly Option<string?> _time = new("--to-datetime") { Description = "To the first record that is not older: 2026-11-21T18:00:00.000.", HelpName = "TIME" };
    private readonly Option<string?> _duration = new("--by-duration") { Description = "To the first record that is not older than this before now: PT1H30M.", HelpName = "DURATION" };
    private readonly Option<string?> _file = new("--from-file") { Description = "To the offsets of a file with lines \"topic,partition,offset\", as --export writes them.", HelpName = "FILE" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only show the new offsets; this unless --execute is given." };
    private readonly Option<bool> _execute = new("--execute") { Description = "Do it." };
    private readonly Option<bool> _export = new("--export") { Description = "Print \"topic,partition,offset\", for --from-file." };

    public static Command Build(CliContext context) => new ResetOffsetsCommand().Command(context);

    private CliCommand Command(CliContext context)
    {
        var command = new CliCommand(
            "reset-offsets", "Have a group read from elsewhere; it must have no members.",
            "moldau groups reset-offsets billing --topic orders --to-datetime 2026-11-21T18:00:00.000", "moldau groups reset-offsets billing --all-topics --to-earliest --execute")
        {
            _allTopics, _earliest, _latest, _current, _offset, _shift, _time, _duration, _file, _dryRun, _execute, _export,
        };
        _groups.AddTo(command);
        _topics.AddTo(command);
        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = _groups.Get(parsed)!;
        bool isDry = !parsed.GetValue(_execute);
        if (names.Count != 1 || (!isDry && parsed.GetValue(_dryRun)))
        {
            throw CliException.Usage(names.Count != 1 ? "offsets are reset for one group at a time" : "--dry-run and --execute exclude each other");
        }

        string group = names[0];
        GroupOffsets offsets = await GroupOffsets.OfAsync(session, group, cancellationToken);
        if (!isDry)
        {
            await offsets.RequireNoMembersAsync(cancellationToken);
        }

        Dictionary<TopicPartition, long> current = await offsets.CommittedAsync(cancellationToken);
        IReadOnlyDictionary<TopicPartition, long> wanted = parsed.GetValue(_file) is { } file
            ? await Clamped(session, ReadFile(ClientFile.ReadText(session.Context.Disk, "--from-file", file)), cancellationToken)
            : await WantedAsync(session, parsed, current, cancellationToken);
        if (parsed.GetValue(_export))
        {
            foreach ((TopicPartition partition, long offset) in wanted)
            {
                session.Context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\"{partition.Topic}\",{partition.Partition.Value},{offset}"));
            }

            return CommandExit.Ok;
        }

        IReadOnlyDictionary<TopicPartition, AdminResult>? results = isDry
            ? null
            : await offsets.AlterAsync(wanted, cancellationToken);
        return Tell(session.Report, group, current, wanted, results);
    }

    private static int Tell(
        Report report, string group, Dictionary<TopicPartition, long> current, IReadOnlyDictionary<TopicPartition, long> wanted, IReadOnlyDictionary<TopicPartition, AdminResult>? results)
    {
        var table = new RowSet(
            Column.Text("group"), Column.Text("topic"), Column.Number("partition"), Column.Number("currentOffset", "current"), Column.Number("newOffset", "new"), Column.Text("executed"), Column.Text("error"))
        {
            WhenEmpty = "no partitions",
        };
        foreach ((TopicPartition partition, long offset) in wanted.OrderBy(entry => entry.Key.Topic.Value, StringComparer.Ordinal).ThenBy(entry => entry.Key.Partition.Value))
        {
            AdminResult? result = results?[partition];
            table.Add(
                group, partition.Topic.Value, partition.Partition.Value, current.TryGetValue(partition, out long before) ? before : Cell.None, offset, result is { IsSuccess: true },
                result?.Error is { } error ? ((Cell)error.Message).As(Tone.Bad) : Cell.None);
        }

        report.Write(table);
        if (results is null)
        {
            report.Note("nothing was changed; --execute does it");
            return CommandExit.Ok;
        }

        KafkaException? failure = results.Values.Select(result => result.Error).FirstOrDefault(error => error is not null);
        return failure is null ? CommandExit.Ok : throw CliException.Failed($"not all offsets of group {group} were reset: {failure.Message}", Failures.NextStep(failure.Code) ?? "a group with members keeps its offsets: stop them first");
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> WantedAsync(Session session, ParseResult parsed, Dictionary<TopicPartition, long> current, CancellationToken cancellationToken)
    {
        ResetTarget target = Target(session, parsed);
        if (parsed.GetValue(_allTopics) == _topics.IsGiven(parsed))
        {
            throw CliException.Usage("which topics? --topic TOPIC or --all-topics");
        }

        IReadOnlyList<TopicPartition> partitions = parsed.GetValue(_allTopics) ? [.. current.Keys] : await _topics.GetAsync(session, parsed, cancellationToken);
        TopicPartition[] without = target.Kind == ResetKind.Shift ? [.. partitions.Where(partition => !current.ContainsKey(partition))] : [];
        if (without.Length > 0)
        {
            throw CliException.Failed($"nothing is committed in {without[0]}: there is nothing to shift from", "--all-topics takes the partitions that have something committed, --topic TOPIC:N,… some of them");
        }

        IReadOnlyDictionary<TopicPartition, long> begins = await session.BeginningOffsetsAsync(partitions, cancellationToken);
        IReadOnlyDictionary<TopicPartition, long> ends = await session.EndOffsetsAsync(partitions, cancellationToken);
        RequireLeaders(partitions, begins, ends);
        IReadOnlyDictionary<TopicPartition, long> times = target.Kind == ResetKind.Time
            ? await session.OffsetsAtAsync(partitions, target.Value, cancellationToken)
            : new Dictionary<TopicPartition, long>();
        return partitions.ToDictionary(
            partition => partition,
            partition => target.NewOffset(
                current.TryGetValue(partition, out long before) ? before : null, begins[partition], ends[partition], times.TryGetValue(partition, out long at) && at >= 0 ? at : null));
    }

    private ResetTarget Target(Session session, ParseResult parsed)
    {
        List<ResetTarget> targets = [];
        void Add(bool isGiven, Func<ResetTarget> target)
        {
            if (isGiven)
            {
                targets.Add(target());
            }
        }

        Add(parsed.GetValue(_earliest), () => new ResetTarget(ResetKind.Earliest));
        Add(parsed.GetValue(_latest), () => new ResetTarget(ResetKind.Latest));
        Add(parsed.GetValue(_current), () => new ResetTarget(ResetKind.Current));
        Add(parsed.GetValue(_offset) is not null, () => new ResetTarget(ResetKind.Offset, parsed.GetValue(_offset)!.Value));
        Add(parsed.GetValue(_shift) is not null, () => new ResetTarget(ResetKind.Shift, parsed.GetValue(_shift)!.Value));
        Add(parsed.GetValue(_time) is not null, () => ResetTarget.AtTime(parsed.GetValue(_time)!));
        Add(parsed.GetValue(_duration) is not null, () => ResetTarget.Before(parsed.GetValue(_duration)!, session.Context.Seams.Time.GetUtcNow()));
        return targets.Count == 1
            ? targets[0]
            : throw CliException.Usage("where to? one of --to-earliest, --to-latest, --to-current, --to-offset, --shift-by, --to-datetime, --by-duration and --from-file");
    }

    /// <summary>Lines "topic",partition,offset.</summary>
    internal static Dictionary<TopicPartition, long> ReadFile(string text)
    {
        var offsets = new Dictionary<TopicPartition, long>();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(',');
            offsets[parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
                ? new TopicPartition(parts[0].Trim('"'), partition)
                : throw CliException.Usage($"--from-file: the line '{line}' must be topic,partition,offset")] =
                long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long offset) ? offset : throw CliException.Usage($"--from-file: '{parts[2]}' is no offset in the line '{line}'");
        }

        return offsets;
    }

    /// <exception cref="CliException">Nobody knows where a partition begins and ends.</exception>
    private static void RequireLeaders(IEnumerable<TopicPartition> partitions, IReadOnlyDictionary<TopicPartition, long> begins, IReadOnlyDictionary<TopicPartition, long> ends)
    {
        TopicPartition[] unknown = [.. partitions.Where(partition => !begins.ContainsKey(partition) || !ends.ContainsKey(partition))];
        if (unknown.Length > 0)
        {
            throw CliException.Failed($"{unknown[0]}{(unknown.Length > 1 ? $" and {unknown.Length - 1} more" : "")} cannot be read: not there, or without a leader", "\"moldau topics describe --unavailable-partitions\" shows partitions without a leader; --topic TOPIC:N,… leaves some out");
        }
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, long>> Clamped(Session session, Dictionary<TopicPartition, long> offsets, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<TopicPartition, long> begins = await session.BeginningOffsetsAsync([.. offsets.Keys], cancellationToken);
        IReadOnlyDictionary<TopicPartition, long> ends = await session.EndOffsetsAsync([.. offsets.Keys], cancellationToken);
        RequireLeaders(offsets.Keys, begins, ends);
        return offsets.ToDictionary(entry => entry.Key, entry => Math.Clamp(entry.Value, begins[entry.Key], ends[entry.Key]));
    }
}
