using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Handles the records of a group's topics, many at once, in order for each key; tries again what fails, puts it aside when that does not help, and commits only what is done. A record is handled
/// at least once: a crash, or a partition that is lost, has what was not committed handled again. Make it, call <see cref="RunAsync"/> once; other members may be made from any thread.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "RunAsync makes them and disposes them.")]
public sealed partial class Worker
{
    private readonly Lock _gate = new();
    private readonly WorkLanes<WorkItem> _lanes = new();
    private readonly Dictionary<TopicPartition, PartitionWork> _partitions = [];
    private readonly WorkerOptions _options;
    private readonly Func<WorkerRecord, CancellationToken, ValueTask> _handler;
    private readonly string _group;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _abort = new();
    private Consumer _consumer = null!;
    private Producer? _producer;
    private TaskCompletionSource? _quiet;
    private Exception? _failure;
    private CancellationTokenSource? _stop;
    private bool _isFull;
    private bool _isStopping;
    private int _running;
    private long _handled;
    private long _failures;
    private long _retried;
    private long _deadLettered;

    /// <param name="options">What and how.</param>
    /// <param name="handler">Is given each record, on the thread pool. What it throws is a failure of the record. Its token ends when the worker gives up waiting for it.</param>
    /// <exception cref="ConfigurationException">The options cannot be: no group, no topic, no concurrency.</exception>
    public Worker(WorkerOptions options, Func<WorkerRecord, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        _group = options.Consumer.GroupId ?? throw new ConfigurationException("a worker needs a group: set Consumer.GroupId");
        Require(options.Topics.Count > 0, "a worker needs at least one topic");
        Require(options.Concurrency > 0, $"Concurrency is {options.Concurrency}: it must be at least 1");
        Require(options.Retries.Attempts > 0, $"Retries.Attempts is {options.Retries.Attempts}: it must be at least 1");
        _options = options;
        _handler = handler;
        _time = options.Consumer.Seams.Time;
        _log = options.Consumer.Seams.Logging.CreateLogger<Worker>();
    }

    /// <summary>What it has done.</summary>
    public WorkerStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return new WorkerStatistics(_handled, _failures, _retried, _deadLettered, _running, _lanes.Waiting);
            }
        }
    }

    /// <summary>
    /// Works until the token ends or a record fails that may not be put aside. Then nothing new begins, handlers at work are waited for (<see cref="WorkerOptions.DrainTimeout"/>), what is done is
    /// committed, and the member leaves its group.
    /// </summary>
    /// <param name="cancellationToken">Ends the work; the task then ends without an exception.</param>
    /// <exception cref="KafkaException">The consumer cannot go on.</exception>
    /// <exception cref="Exception">What the handler threw for a record that may not be put aside.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stop = stop;
        Open();
        try
        {
            Task commits = CommitLoopAsync(stop.Token);
            try
            {
                await foreach (ConsumeBatch batch in _consumer.ConsumeBatchesAsync(stop.Token).ConfigureAwait(false))
                {
                    Take(batch);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Asked to end, or a record failed.
            }

            stop.Cancel();
            await commits.ConfigureAwait(false);
            await DrainAsync().ConfigureAwait(false);
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }

        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void Require(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new ConfigurationException(otherwise);
        }
    }

    private void Open()
    {
        RetryOptions retries = _options.Retries;
        ConsumerOptions given = _options.Consumer;
        _consumer = new Consumer(given with
        {
            AutoCommit = false,
            OnRevoked = async (partitions, cancellation) =>
            {
                await LetGoAsync(partitions, isOurs: true, cancellation).ConfigureAwait(false);
                if (given.OnRevoked is { } told)
                {
                    await told(partitions, cancellation).ConfigureAwait(false);
                }
            },
            OnLost = async (partitions, cancellation) =>
            {
                await LetGoAsync(partitions, isOurs: false, cancellation).ConfigureAwait(false);
                if ((given.OnLost ?? given.OnRevoked) is { } told)
                {
                    await told(partitions, cancellation).ConfigureAwait(false);
                }
            },
        });
        if (retries.UsesDeadLetterTopic || retries.RetryTopicDelays.Count > 0)
        {
            _producer = new Producer(_options.Producer ?? new ProducerOptions
            {
                BootstrapServers = given.BootstrapServers, ClientId = given.ClientId, Security = given.Security, Seams = given.Seams,
            });
        }

        IEnumerable<string> retryTopics = _options.Topics.SelectMany(topic => Enumerable.Range(0, retries.RetryTopicDelays.Count).Select(stage => retries.RetryTopicName(topic, _group, stage)));
        _consumer.Subscribe([.. _options.Topics, .. retryTopics]);
    }

    private async Task CloseAsync()
    {
        await _consumer.CloseAsync().ConfigureAwait(false);
        if (_producer is not null)
        {
            await _producer.DisposeAsync().ConfigureAwait(false);
        }

        _abort.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What a handler throws is the record's failure: it is tried again, put aside or ends the worker.")]
    private async Task HandleAsync(ulong? lane, WorkItem item)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        bool isDone = false;
        try
        {
            for (int attempt = 1; !isDone && !item.Partition.IsGone; attempt++)
            {
                Exception failure;
                try
                {
                    await CallHandlerAsync(item.Record).ConfigureAwait(false);
                    Interlocked.Increment(ref _handled);
                    isDone = true;
                    continue;
                }
                catch (Exception thrown)
                {
                    failure = thrown;
                }

                _abort.Token.ThrowIfCancellationRequested();
                Interlocked.Increment(ref _failures);
                isDone = await AfterFailureAsync(item.Record, attempt, failure).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop!.IsCancellationRequested)
        {
            // The worker ends without it: the record stays uncommitted.
        }
        catch (Exception failure)
        {
            Stop(failure);
        }

        Finish(lane, item, isDone);
    }

    /// <summary>Each attempt is a span of its own, in the trace of what made the record.</summary>
    private async ValueTask CallHandlerAsync(WorkerRecord record)
    {
        using Activity? activity = record.StartActivity(_group);
        long startedAt = _time.GetTimestamp();
        string? error = null;
        try
        {
            await _handler(record, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            error = thrown.GetType().FullName;
            activity?.SetStatus(ActivityStatusCode.Error, thrown.Message);
            activity?.SetTag("error.type", error);
            throw;
        }
        finally
        {
            ClientMetrics.Processed(record.TopicPartition, _group, _time.GetElapsedTime(startedAt).TotalSeconds, error);
        }
    }

    /// <summary>True when the record is done with; false when the handler gets it again.</summary>
    private async Task<bool> AfterFailureAsync(WorkerRecord record, int attempt, Exception failure)
    {
        RetryStep step = _options.Retries.Next(attempt, record.Stage, failure);
        switch (step.Action)
        {
            case RetryAction.Again:
                LogAgain(_log, record.TopicPartition.ToString(), record.Offset, attempt, failure);
                await Task.Delay(step.Delay, _time, _stop!.Token).ConfigureAwait(false);
                return false;
            case RetryAction.RetryTopic:
                long due = _time.GetUtcNow().Add(step.Delay).ToUnixTimeMilliseconds();
                await PutAsideAsync(record, _options.Retries.RetryTopicName(record.OriginalTopic, _group, step.Stage), attempt, failure, step.Stage, due).ConfigureAwait(false);
                Interlocked.Increment(ref _retried);
                return true;
            case RetryAction.DeadLetterTopic:
                LogDeadLetter(_log, record.TopicPartition.ToString(), record.Offset, failure);
                await PutAsideAsync(record, _options.Retries.DeadLetterTopicName(record.OriginalTopic, _group), attempt, failure, stage: null, 0).ConfigureAwait(false);
                Interlocked.Increment(ref _deadLettered);
                return true;
            default:
                ExceptionDispatchInfo.Throw(failure);
                return false;
        }
    }

    private async Task PutAsideAsync(WorkerRecord record, string topic, int attempt, Exception failure, int? stage, long notBeforeMs)
    {
        var headers = WorkerHeaders.Of(record, _group, record.EarlierDeliveries + attempt, failure, stage, notBeforeMs);
        await SendAsync(record, topic, headers).ConfigureAwait(false);
    }

    private ValueTask<RecordMetadata> SendAsync(WorkerRecord record, string topic, Records.RecordHeader[] headers)
    {
        var copy = new ProducerRecord(topic, record.Key.Span, record.Value.Span) { Headers = headers, Timestamp = record.Timestamp.ToUnixTimeMilliseconds() };
        if (!record.HasKey)
        {
            copy.ClearKey();
        }

        if (!record.HasValue)
        {
            copy.ClearValue();
        }

        return _producer!.SendAsync(copy, CancellationToken.None);
    }

    private void Stop(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
        }

        _stop!.Cancel();
    }

    [LoggerMessage(1, LogLevel.Information, "the handler failed with {Partition} at {Offset} (attempt {Attempt}), which is tried again")]
    private static partial void LogAgain(ILogger log, string partition, long offset, int attempt, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "what is done could not be committed; whoever has the partitions handles it again")]
    private static partial void LogCommit(ILogger log, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "the handler failed with {Partition} at {Offset}, which goes to the dead letter topic")]
    private static partial void LogDeadLetter(ILogger log, string partition, long offset, Exception failure);
}
