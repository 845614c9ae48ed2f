using Moldau.Client;

namespace Moldau.Cli;

/// <summary>kcat's -P.</summary>
internal static class CatProducing
{
    public static async Task<int> RunAsync(Session session, CatOptions options, CancellationToken cancellationToken)
    {
        CliContext context = session.Context;
        if (options.Delimiter.Length == 0)
        {
            throw CliException.Usage("-D: the delimiter must not be empty when producing");
        }

        var properties = new Dictionary<string, string>(session.Properties, StringComparer.Ordinal);
        if (options.Compression is { } codec)
        {
            properties["compression.type"] = codec;
        }

        ProducerOptions producerOptions = ProducerOptions.FromProperties(properties, context.Seams);
        await using var sender = new RecordSender(producerOptions);
        bool isTransaction = producerOptions.TransactionalId is not null;
        if (isTransaction)
        {
            await sender.Producer.InitTransactionsAsync(cancellationToken);
            sender.Producer.BeginTransaction();
        }

        try
        {
            await SendAllAsync(context, options, sender, cancellationToken);
            await sender.FinishAsync(cancellationToken);
        }
        catch (Exception exception) when (isTransaction && exception is OperationCanceledException or CliException)
        {
            await sender.Producer.AbortTransactionAsync(CancellationToken.None);
            throw;
        }

        if (isTransaction)
        {
            await sender.Producer.CommitTransactionAsync(cancellationToken);
        }

        return CommandExit.Ok;
    }

    private static async Task SendAllAsync(CliContext context, CatOptions options, RecordSender sender, CancellationToken cancellationToken)
    {
        string topic = options.Topics[0];
        if (options.Arguments.Count > 0 && !options.ReadsLinesOfFile)
        {
            foreach (string path in options.Arguments)
            {
                byte[] file = ClientFile.Read(context.Disk, "file", path);
                if (file.Length > 0)
                {
                    await sender.PostAsync(topic, Record(options, null, file), cancellationToken);
                }
            }

            return;
        }

        if (options.Arguments.Count > 1)
        {
            throw CliException.Usage("-l reads the lines of one file");
        }

        Stream input = options.Arguments.Count == 1 ? new MemoryStream(ClientFile.Read(context.Disk, "-l", options.Arguments[0])) : context.Input;
        await foreach (ReadOnlyMemory<byte> line in LineReader.SplitAsync(input, options.Delimiter, context.Output.Flush, cancellationToken))
        {
            if (line.Length == 0)
            {
                continue;
            }

            await sender.PostAsync(topic, Split(options, line), cancellationToken);
            if (options.Tees)
            {
                context.Output.Write(line.Span);
                context.Output.Write(options.Delimiter);
            }

            if (sender.Sent == options.Count)
            {
                break;
            }
        }

        context.Output.Flush();
    }

    /// <summary>The key before the delimiter; without one the line is the value. With -Z empty is null.</summary>
    private static InputRecord Split(CatOptions options, ReadOnlyMemory<byte> line)
    {
        int at = options.KeyDelimiter is { Length: > 0 } delimiter ? line.Span.IndexOf(delimiter) : -1;
        if (at < 0)
        {
            return Record(options, null, line);
        }

        ReadOnlyMemory<byte> key = line[..at];
        ReadOnlyMemory<byte> value = line[(at + options.KeyDelimiter!.Length)..];
        return Record(
            options,
            options.EmptyIsNull && key.Length == 0 ? default(ReadOnlyMemory<byte>?) : key,
            options.EmptyIsNull && value.Length == 0 ? default(ReadOnlyMemory<byte>?) : value);
    }

    private static InputRecord Record(CatOptions options, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value) => new()
    {
        Key = key ?? (options.FixedKey is { } fixedKey ? fixedKey : default(ReadOnlyMemory<byte>?)),
        Value = value,
        Partition = options.Partition is >= 0 ? options.Partition : null,
        Headers = options.Headers,
    };
}
