using System.CommandLine;
using System.Text;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau produce</c>: what kafka-console-producer does.</summary>
internal sealed class ProduceCommand
{
    private readonly Argument<string?> _name = new("TOPIC") { Arity = ArgumentArity.ZeroOrOne, Description = "The topic." };
    private readonly Option<string?> _topic = new("--topic") { Description = "The same, as Kafka's scripts have it.", HelpName = "TOPIC" };
    private readonly Option<string[]> _property = new("--property", "--reader-property") { Description = "How lines are read: parse.key=true, key.separator=:, parse.headers=true, null.marker=NULL …", HelpName = "KEY=VALUE" };
    private readonly Option<int?> _partition = new("--partition") { Description = "The partition, instead of one by key.", HelpName = "N" };
    private readonly Option<string?> _key = new("--key") { Description = "The key of all records that bring none.", HelpName = "KEY" };
    private readonly Option<string[]> _header = new("--header") { Description = "A header of all records.", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _codec = new("--compression-codec", "--compression") { Description = "gzip, snappy, lz4 or zstd.", HelpName = "CODEC", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _acks = new("--request-required-acks", "--producer-acks") { Description = "all, 1 or 0.", HelpName = "ACKS" };
    private readonly Option<bool> _sync = new("--sync") { Description = "Wait for each record before the next is sent." };
    private readonly (Option<string?> Option, string Key)[] _keys =
    [
        Key("--batch-size", "batch.size", "BYTES"),
        Key("--linger-ms", "linger.ms", "MS"),
        Key("--max-memory-bytes", "buffer.memory", "BYTES"),
        Key("--max-block-ms", "max.block.ms", "MS"),
        Key("--message-send-max-retries", "retries", "N"),
        Key("--metadata-expiry-ms", "metadata.max.age.ms", "MS"),
        Key("--request-timeout-ms", "request.timeout.ms", "MS"),
        Key("--retry-backoff-ms", "retry.backoff.ms", "MS"),
        Key("--socket-buffer-size", "send.buffer.bytes", "BYTES"),
    ];

    private readonly Option<string?> _readerConfig = new("--reader-config") { Description = "A properties file of how lines are read.", HelpName = "FILE" };
    private readonly Option<string[]> _producerProperty = new("--producer-property") { Description = "One key of the producer's configuration.", HelpName = "KEY=VALUE" };
    private readonly Option<string?> _producerConfig = new("--producer-config", "--producer.config") { Description = "A properties file of the producer's configuration.", HelpName = "FILE" };

    public static Command Build(CliContext context) => new ProduceCommand().Command(context);

    private CliCommand Command(CliContext context)
    {
        ClusterNames.Topics.Complete(_name.CompletionSources);
        ClusterNames.Topics.Complete(_topic.CompletionSources);
        var command = new CliCommand(
            "produce", "Send the lines of standard input as records; with --json, objects as \"moldau consume --json\" prints them.",
            "echo hello | moldau produce greetings", "moldau produce orders --property parse.key=true --property key.separator=: < lines", "moldau consume orders --from-beginning -e --json | moldau produce copy --json")
        {
            _name, _topic, _property, _partition, _key, _header, _codec, _acks, _sync, _producerProperty, _producerConfig, _readerConfig,
        };
        foreach ((Option<string?> option, _) in _keys)
        {
            command.Options.Add(option);
        }

        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        CliContext context = session.Context;
        string topic = parsed.GetValue(_name) ?? parsed.GetValue(_topic) ?? throw CliException.Usage("which topic? give its name");
        var reader = new ConsoleReader(ClientFile.Merge(context.Disk, "--reader-config", parsed.GetValue(_readerConfig), "--property", parsed.GetValue(_property)));
        ProducerOptions options = ProducerOptions.FromProperties(Properties(session, parsed), context.Seams);
        ReadOnlyMemory<byte>? key = parsed.GetValue(_key) is { } keyText ? Encoding.UTF8.GetBytes(keyText) : default(ReadOnlyMemory<byte>?);
        List<KeyValuePair<string, byte[]?>> headers = [.. (parsed.GetValue(_header) ?? []).Select(text => ClientFile.Pair("--header", text)).Select(pair => new KeyValuePair<string, byte[]?>(pair.Key, Encoding.UTF8.GetBytes(pair.Value)))];
        int? partition = parsed.GetValue(_partition);
        await using var sender = new RecordSender(options);
        await foreach (ReadOnlyMemory<byte> line in LineReader.SplitAsync(context.Input, "\n"u8.ToArray(), () => { }, cancellationToken))
        {
            InputRecord record = session.Report.IsJson ? JsonRecord.Read(line) : reader.Read(line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line);
            record = record with { Key = record.Key ?? key, Partition = partition ?? record.Partition, Headers = headers.Count == 0 ? record.Headers : [.. record.Headers, .. headers] };
            await sender.PostAsync(topic, record, cancellationToken);
            if (parsed.GetValue(_sync))
            {
                await sender.FinishAsync(cancellationToken);
            }
        }

        await sender.FinishAsync(cancellationToken);
        if (context.IsErrorTerminal)
        {
            session.Report.Note($"{Units.Count(sender.Sent)} records sent to {topic}");
        }

        return CommandExit.Ok;
    }

    private Dictionary<string, string> Properties(Session session, ParseResult parsed)
    {
        Dictionary<string, string> properties = ClientProperties.Of(session, parsed, _producerConfig, _producerProperty);
        foreach ((Option<string?> option, string key) in _keys)
        {
            if (parsed.GetValue(option) is { } value)
            {
                properties[key] = value;
            }
        }

        if (parsed.GetResult(_codec) is not null)
        {
            // Without a codec behind it the option means gzip, as there.
            properties["compression.type"] = parsed.GetValue(_codec) ?? "gzip";
        }

        if (parsed.GetValue(_acks) is { } acks)
        {
            properties["acks"] = acks == "-1" ? "all" : acks;
            if (properties["acks"] != "all")
            {
                properties.TryAdd("enable.idempotence", "false");
            }
        }

        return properties;
    }

    private static (Option<string?> Option, string Key) Key(string name, string key, string helpName) => (new Option<string?>(name) { Description = $"Short for --producer-property {key}={helpName}.", HelpName = helpName }, key);
}
