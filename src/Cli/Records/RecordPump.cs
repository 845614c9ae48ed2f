using System.Buffers;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Reads records with a consumer and writes them to standard output until there is a reason to end. One use; one thread at a time.</summary>
internal sealed class RecordPump(CliContext context, Consumer consumer, RecordSource source, RecordWriter write)
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>How often the reasons to end are looked at while no record comes: the end of the log, and who reads the output.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan ReaderLook = TimeSpan.FromMilliseconds(250);

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes * 2);
    private readonly List<KeyValuePair<string, byte[]?>> _headers = [];
    private readonly Dictionary<TopicPartition, long> _ends = [];
    private readonly HashSet<TopicPartition> _done = [];
    private readonly HashSet<TopicPartition> _told = [];

    /// <summary>How many records were written.</summary>
    public long Count { get; private set; }

    /// <summary>Flushes after each record, so that a reader sees it at once.</summary>
    public bool IsUnbuffered { get; init; }

    /// <summary>Whether what was written counts as consumed when the count is reached.</summary>
    public bool CommitsAtEnd { get; init; }

    /// <summary>Is told, once for each partition, that its end was reached.</summary>
    public Action<TopicPartition, long>? OnEnd { get; init; }

    /// <summary>The broker that leads a partition, for what shows it.</summary>
    public Func<TopicPartition, int> BrokerOf { get; init; } = _ => -1;

    /// <summary>Reads until the count, the end or the stop time is reached, nobody reads the output any more, or the token is cancelled, which is no error.</summary>
    public async Task RunAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (source.IsMember)
        {
            Subscribe();
        }
        else
        {
            await AssignAsync(partitions, cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<ConsumeBatch> batches = consumer.ConsumeBatchesAsync(ending.Token).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            while (!IsAtEnd() && await NextAsync(batches, ending) && !Take(batches.Current))
            {
            }

            if (CommitsAtEnd && Count == source.Count)
            {
                // The last record is in hand until another is asked for; a commit of positions says that it is done.
                Flush();
                await consumer.CommitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Stopped by a signal, or because all was read: what was read is still written.
        }
        finally
        {
            await batches.DisposeAsync();
            Flush();
        }
    }

    private void Subscribe()
    {
        List<string> patterns = [.. source.Topics.Where(topic => topic.StartsWith('^'))];
        if (patterns.Count == 0)
        {
            consumer.Subscribe(source.Topics);
        }
        else
        {
            consumer.SubscribePattern(new System.Text.RegularExpressions.Regex(
                string.Join("|", source.Topics.Select(topic => topic.StartsWith('^') ? topic : $"^{System.Text.RegularExpressions.Regex.Escape(topic)}$")),
                System.Text.RegularExpressions.RegexOptions.CultureInvariant));
        }
    }

    private async Task AssignAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        Dictionary<TopicPartition, long> begins = await consumer.BeginningOffsetsAsync(partitions, cancellationToken);
        Dictionary<TopicPartition, long> ends = await consumer.EndOffsetsAsync(partitions, cancellationToken);
        Dictionary<TopicPartition, OffsetAtTime>? times = source.Start.Kind == StartKind.Timestamp
            ? await consumer.OffsetsForTimesAsync(partitions.ToDictionary(partition => partition, _ => DateTimeOffset.FromUnixTimeMilliseconds(source.Start.Value)), cancellationToken)
            : null;
        Dictionary<TopicPartition, CommittedOffset>? stored = source.Start.Kind == StartKind.Stored ? await consumer.CommittedAsync(partitions, cancellationToken) : null;
        consumer.Assign(partitions);
        foreach (TopicPartition partition in partitions)
        {
            (long begin, long end) = (begins[partition], ends[partition]);
            long offset = source.Start.Kind switch
            {
                StartKind.Beginning => begin,
                StartKind.End => end,
                StartKind.BeforeEnd => Math.Max(begin, end - source.Start.Value),
                StartKind.Offset => Within(partition, source.Start.Value, begin, end),
                StartKind.Timestamp => times![partition].Offset is >= 0 and var found ? found : end,
                _ => stored!.TryGetValue(partition, out CommittedOffset? committed) ? committed.Offset : end,
            };
            consumer.Seek(partition, offset);
            _ends[partition] = end;
        }
    }

    private long Within(TopicPartition partition, long offset, long begin, long end)
    {
        if (offset >= begin && offset <= end)
        {
            return offset;
        }

        context.Error.WriteLine($"moldau: {partition} has offsets {begin} to {end}: {offset} is not among them, reading begins at {(offset < begin ? begin : end)}");
        return offset < begin ? begin : end;
    }

    /// <summary>The next batch. While none is there, what was read is written, and the reasons to end are looked at.</summary>
    private async Task<bool> NextAsync(IAsyncEnumerator<ConsumeBatch> batches, CancellationTokenSource ending)
    {
        ValueTask<bool> next = batches.MoveNextAsync();
        if (next.IsCompleted)
        {
            return await next;
        }

        Task<bool> waiting = next.AsTask();
        try
        {
            Flush();
        }
        catch (IOException)
        {
            // Nobody reads any more. What is under way ends first: an enumerator that is at work cannot be disposed.
            ending.Cancel();
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        long since = context.Seams.Time.GetTimestamp();
        TimeSpan look = source.ExitsAtEnd || source.IdleTimeout is not null || OnEnd is not null ? Look : ReaderLook;
        while (!waiting.IsCompleted && !ending.IsCancellationRequested)
        {
            await ((Task)waiting).WaitAsync(look, context.Seams.Time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!waiting.IsCompleted && (IsAtEnd() || source.IdleTimeout < context.Seams.Time.GetElapsedTime(since) || context.HasLostReader()))
            {
                ending.Cancel();
            }
        }

        return await waiting;
    }

    /// <summary>Writes the batch; true when that was the last.</summary>
    private bool Take(ConsumeBatch batch)
    {
        TopicPartition partition = batch.TopicPartition;
        int broker = BrokerOf(partition);
        foreach (ref readonly ConsumeRecord record in batch)
        {
            if (_done.Contains(partition) || (source.ExitsAtEnd && _ends.TryGetValue(partition, out long end) && record.Offset >= end))
            {
                _done.Add(partition);
                continue;
            }

            if (record.TimestampMs >= source.Start.StopTimestampMs)
            {
                _done.Add(partition);
                continue;
            }

            Write(record, broker);
            if (++Count == source.Count)
            {
                return true;
            }
        }

        return false;
    }

    private void Write(in ConsumeRecord record, int broker)
    {
        _headers.Clear();
        foreach (ConsumeHeader header in record.Headers)
        {
            _headers.Add(new KeyValuePair<string, byte[]?>(header.Name, header.HasValue ? header.Value.ToArray() : null));
        }

        write(
            new OutputRecord
            {
                Topic = record.Topic,
                Partition = record.Partition,
                Offset = record.Offset,
                TimestampMs = record.TimestampMs,
                IsLogAppendTime = record.HasLogAppendTime,
                LeaderEpoch = record.LeaderEpoch,
                HasKey = record.HasKey,
                Key = record.Key,
                HasValue = record.HasValue,
                Value = record.Value,
                Headers = _headers,
                BrokerId = broker,
            },
            _buffer);
        if (IsUnbuffered || _buffer.WrittenCount >= FlushBytes)
        {
            Flush();
        }
    }

    private bool IsAtEnd()
    {
        bool isAll = true;
        IReadOnlyCollection<TopicPartition> assigned = source.IsMember ? consumer.Assignment : _ends.Keys;
        foreach (TopicPartition partition in assigned)
        {
            bool isDone = _done.Contains(partition)
                || (source.IsMember ? consumer.Lag(partition) == 0 : consumer.Position(partition) >= _ends[partition]);
            if (isDone && OnEnd is not null && _told.Add(partition))
            {
                OnEnd(partition, consumer.Position(partition) ?? -1);
            }

            isAll &= isDone;
        }

        bool isStopped = source.Start.StopTimestampMs is not null && assigned.Count > 0 && assigned.All(_done.Contains);
        return isStopped || (source.ExitsAtEnd && isAll && assigned.Count > 0);
    }

    private void Flush()
    {
        if (_buffer.WrittenCount > 0)
        {
            context.Output.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }

        context.Output.Flush();
    }
}
