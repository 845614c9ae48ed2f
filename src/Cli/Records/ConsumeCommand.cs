using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau consume</c>: what kafka-console-consumer does.</summary>
internal sealed class ConsumeCommand
{
    private readonly Argument<string[]> _names = new("TOPIC") { Arity = ArgumentArity.ZeroOrMore, Description = "The topics." };
    private readonly Option<string[]> _topic = new("--topic") { Description = "The same, as Kafka's scripts have it.", HelpName = "TOPIC" };
    private readonly Option<string?> _include = new("--include") { Description = "Topics by a regular expression.", HelpName = "REGEX" };
    private readonly Option<int?> _partition = new("--partition") { Description = "One partition only.", HelpName = "N" };
    private readonly Option<string?> _offset = new("--offset") { Description = "Where to begin: earliest, latest, an offset, -N for the last N, s@TIME.", HelpName = "OFFSET" };
    private readonly Option<bool> _fromBeginning = new("--from-beginning") { Description = "From the first record; of a group without committed offsets." };
    private readonly Option<string?> _since = new("--since") { Description = "From this time on: 2026-11-21T18:00:00Z, or ms since 1970.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "To this time.", HelpName = "TIME" };
    private readonly Option<long?> _tail = new("--tail", "-n") { Description = "The last N records of each partition.", HelpName = "N" };
    private readonly Option<long?> _maxMessages = new("--max-messages") { Description = "End after so many records.", HelpName = "N" };
    private readonly Option<long?> _timeoutMs = new("--timeout-ms") { Description = "End when no record came for so long.", HelpName = "MS" };
    private readonly Option<bool> _exitAtEnd = new("--exit-at-end", "-e") { Description = "End when all is read that was there at the beginning." };
    private readonly Option<string?> _group = new("--group") { Description = "Read as a member of this group, and commit.", HelpName = "GROUP" };
    private readonly Option<string?> _isolation = new("--isolation-level") { Description = "read_committed or read_uncommitted.", HelpName = "LEVEL" };
    private readonly Option<string[]> _property = new("--property", "--formatter-property") { Description = "How records are printed: print.key=true, key.separator=:, print.headers=true …", HelpName = "KEY=VALUE" };
    private readonly Option<string?> _formatterConfig = new("--formatter-config") { Description = "A properties file of how records are printed.", HelpName = "FILE" };
    private readonly Option<string?> _keyDeserializer = new("--key-deserializer") { Description = "What keys are: StringDeserializer, IntegerDeserializer, LongDeserializer …", HelpName = "CLASS" };
    private readonly Option<string?> _valueDeserializer = new("--value-deserializer") { Description = "What values are.", HelpName = "CLASS" };
    private readonly Option<string?> _format = new("--format", "-f") { Description = "A format string of kcat instead: '%t %p %o %k: %s\\n'.", HelpName = "FORMAT" };
    private readonly Option<string[]> _consumerProperty = new("--consumer-property") { Description = "One key of the consumer's configuration.", HelpName = "KEY=VALUE" };
    private readonly Option<string?> _consumerConfig = new("--consumer-config", "--consumer.config") { Description = "A properties file of the consumer's configuration.", HelpName = "FILE" };

    public static Command Build(CliContext context) => new ConsumeCommand().Command(context);

    private CliCommand Command(CliContext context)
    {
        ClusterNames.Topics.Complete(_names.CompletionSources);
        ClusterNames.Topics.Complete(_topic.CompletionSources);
        ClusterNames.Groups.Complete(_group.CompletionSources);
        var command = new CliCommand(
            "consume", "Print records.",
            "moldau consume orders --from-beginning --property print.key=true", "moldau consume orders --tail 10 -e -f '%p/%o %k: %s\\n'", "moldau consume orders --since 2026-11-21T18:00:00Z --json | jq .value",
            "moldau consume orders --group billing")
        {
            _names, _topic, _include, _partition, _offset, _fromBeginning, _since, _until, _tail, _maxMessages, _timeoutMs, _exitAtEnd, _group, _isolation, _property, _formatterConfig, _keyDeserializer, _valueDeserializer, _format, _consumerProperty, _consumerConfig,
        };
        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        CliContext context = session.Context;
        RecordSource source = Source(parsed);
        Dictionary<string, string> properties = Properties(session, parsed, source);
        RecordWriter write = Writer(session, parsed);
        session.SetClientProperties(properties);
        ConsumerOptions options = ConsumerOptions.FromProperties(properties, context.Seams);
        await using var consumer = new Consumer(options);
        IReadOnlyList<TopicPartition> partitions = source.IsMember ? [] : await PartitionReading.OfAsync(session, source, parsed.GetValue(_include), cancellationToken);
        var pump = new RecordPump(context, consumer, source, write) { IsUnbuffered = context.IsTerminal, CommitsAtEnd = source.IsMember && options.AutoCommit };
        await pump.RunAsync(partitions, cancellationToken);
        if (context.IsErrorTerminal)
        {
            session.Report.Note($"{Units.Count(pump.Count)} records");
        }

        return CommandExit.Ok;
    }

    private RecordSource Source(ParseResult parsed)
    {
        List<string> topics = [.. (parsed.GetValue(_names) ?? []).Concat(parsed.GetValue(_topic) ?? [])];
        string? include = parsed.GetValue(_include);
        bool isMember = parsed.GetValue(_group) is not null && parsed.GetValue(_partition) is null;
        if (topics.Count > 0 == include is not null)
        {
            throw CliException.Usage("which topics? their names, or --include REGEX");
        }

        if (isMember && include is not null)
        {
            topics.Add(include.StartsWith('^') ? include : $"^(?:{include})$");
        }

        List<string> places = [];
        void Place(string? text)
        {
            if (text is not null)
            {
                places.Add(text);
            }
        }

        Place(parsed.GetValue(_offset));
        Place(parsed.GetValue(_fromBeginning) ? "beginning" : null);
        Place(parsed.GetValue(_since) is { } since ? $"s@{since}" : null);
        Place(parsed.GetValue(_tail) is { } tail ? $"-{tail}" : null);
        if (places.Count > 1)
        {
            throw CliException.Usage("where to begin? one of --offset, --from-beginning, --since and --tail");
        }

        if (isMember && places.Count > 0 && places[0] != "beginning")
        {
            throw CliException.Usage("a member of a group begins at the group's offsets", "\"moldau groups reset-offsets\" changes them; without --group any place can be named");
        }

        Place(parsed.GetValue(_until) is { } until ? $"e@{until}" : null);
        return new RecordSource
        {
            Topics = topics,
            Partition = parsed.GetValue(_partition),
            IsMember = isMember,
            Start = StartPosition.Parse("--offset", places, parsed.GetValue(_group) is not null ? StartKind.Stored : StartKind.End),
            Count = parsed.GetValue(_maxMessages),
            ExitsAtEnd = parsed.GetValue(_exitAtEnd),
            IdleTimeout = parsed.GetValue(_timeoutMs) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        };
    }

    private Dictionary<string, string> Properties(Session session, ParseResult parsed, RecordSource source)
    {
        Dictionary<string, string> properties = ClientProperties.Of(session, parsed, _consumerConfig, _consumerProperty);
        if (parsed.GetValue(_group) is { } group)
        {
            properties["group.id"] = group;
        }

        if (parsed.GetValue(_isolation) is { } isolation)
        {
            properties["isolation.level"] = isolation;
        }

        if (source.IsMember && parsed.GetValue(_fromBeginning))
        {
            properties["auto.offset.reset"] = "earliest";
        }

        properties.TryAdd("allow.auto.create.topics", "false");
        return properties;
    }

    private RecordWriter Writer(Session session, ParseResult parsed)
    {
        if (session.Report.IsJson)
        {
            return JsonRecord.Write;
        }

        Dictionary<string, string> print = ClientFile.Merge(session.Context.Disk, "--formatter-config", parsed.GetValue(_formatterConfig), "--property", parsed.GetValue(_property));
        foreach ((Option<string?> option, string key) in new[] { (_keyDeserializer, "key.deserializer"), (_valueDeserializer, "value.deserializer") })
        {
            if (parsed.GetValue(option) is { } name)
            {
                print[key] = name;
            }
        }

        return parsed.GetValue(_format) is { } format
            ? RecordFormat.Parse(format, "").Write
            : new ConsoleFormat(print).Write;
    }
}
