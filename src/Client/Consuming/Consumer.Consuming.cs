using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>Handing out.</summary>
public sealed partial class Consumer
{
    private readonly List<FetchedChunk> _ready = [];
    private readonly ConsumeBatch _batch = new();
    private readonly Signal _handIsFree = new();
    private bool _isConsuming;
    private CallerFlow? _flow;
    private bool _hasChunk;

    /// <summary>Whose records the application has now; what is revoked waits until it has not.</summary>
    private PartitionState? _inHand;
    private PartitionState? _brokenOff;
    private long _asks;
    private long _beats;

    /// <summary>
    /// Records as they come, of all partitions, those of a partition in their order. Asking for the next one says that the one before is done: what is committed automatically ends there. An
    /// enumeration that ends otherwise (break, an exception) leaves the last record undone; the next enumeration goes on after it.
    /// </summary>
    /// <exception cref="KafkaException">The consumer cannot go on: it may not read, was fenced, or has no offset to begin at. Thrown again by the next enumeration unless something is done about it.</exception>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public IAsyncEnumerable<ConsumeRecord> ConsumeAsync(CancellationToken cancellationToken = default) => RecordsAsync(CallerFlow.Begin(), cancellationToken);

    /// <summary>
    /// Records in batches of one partition each, up to <see cref="ConsumerOptions.MaxPollRecords"/>, without allocating anything for a record. Asking for the next batch says that the one before is
    /// done. The batch is the same object each time.
    /// </summary>
    /// <exception cref="KafkaException">As <see cref="ConsumeAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public IAsyncEnumerable<ConsumeBatch> ConsumeBatchesAsync(CancellationToken cancellationToken = default) => BatchesAsync(CallerFlow.Begin(), cancellationToken);

    /// <summary>
    /// Tells that a handler that has one record for long is alive: it is not put out of the group (<see cref="ConsumerOptions.Eviction"/>). Cheap; any thread.
    /// </summary>
    public void ReportProgress() => Interlocked.Increment(ref _beats);

    /// <summary>
    /// Begins the span of a record's processing (<c>process TOPIC</c>, of the source <c>Moldau.Client</c>), as a child of the span that sent it where its headers name one; dispose it when the record
    /// is done. Null when nobody listens. A <see cref="Worker"/> does it by itself.
    /// </summary>
    public Activity? StartActivity(in ConsumeRecord record)
    {
        if (!Tracing.IsEnabled)
        {
            return null;
        }

        string? parent = record.Headers.TryGet(Tracing.TraceParent, out var bytes) ? Encoding.ASCII.GetString(bytes.Span) : null;
        string? state = record.Headers.TryGet(Tracing.TraceState, out bytes) ? Encoding.ASCII.GetString(bytes.Span) : null;
        return Tracing.StartProcess(record.TopicPartition, record.Offset, _options.GroupId, parent, state);
    }

    private async IAsyncEnumerable<ConsumeRecord> RecordsAsync(CallerFlow flow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ConsumeBatch batch in BatchesAsync(flow, cancellationToken).ConfigureAwait(false))
        {
            while (batch.Take(out ConsumeRecord record))
            {
                yield return record;
                if (cancellationToken.IsCancellationRequested)
                {
                    batch.MarkDone();
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
    }

    private async IAsyncEnumerable<ConsumeBatch> BatchesAsync(CallerFlow flow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BeginConsuming(flow);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (!TryNext())
                {
                    await _wakesConsumer.WaitAsync(cancellationToken).ConfigureAwait(false);
                }

                if (Volatile.Read(ref _isClosed))
                {
                    yield break;
                }

                yield return _batch;
            }
        }
        finally
        {
            EndConsuming();
        }
    }

    private void BeginConsuming(CallerFlow flow)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_isConsuming)
            {
                throw new InvalidOperationException("a consumer has one enumeration at a time; the one before has not ended");
            }

            _isConsuming = true;
            _flow = flow;
            if (_brokenOff is { } state)
            {
                // Whoever comes back for more is done with what it had.
                state.Completed = Math.Max(state.Completed, state.Position);
                _brokenOff = null;
            }
        }
    }

    private void EndConsuming()
    {
        lock (_gate)
        {
            _isConsuming = false;
            _flow?.End();
            _flow = null;
            TakeOutOfHand();
            if (_hasChunk)
            {
                CloseChunk(_batch.Chunk);
            }

            Pump();
        }

        _handIsFree.Set();
    }

    /// <summary>The application has nothing in hand any more, and is not done with what it had. Under the gate.</summary>
    private void TakeOutOfHand()
    {
        _brokenOff = _inHand ?? _brokenOff;
        _inHand = null;
    }

    /// <summary>Makes the next records the batch; false when there are none now. True also when the consumer is closed.</summary>
    private bool TryNext()
    {
        var wasInHand = false;
        try
        {
            lock (_gate)
            {
                _asks++;
                if (_membership is { IsIdledOut: true })
                {
                    // It was put out while the application was busy, and comes back now.
                    _wakesGroup.Set();
                }

                if (_inHand is not null)
                {
                    _batch.Complete();
                    _inHand = null;
                    wasInHand = true;
                }

                return _isClosed || TryNextOfChunk() || TryNextChunk();
            }
        }
        finally
        {
            if (wasInHand)
            {
                _handIsFree.Set();
            }
        }
    }

    private bool TryNextOfChunk()
    {
        if (!_hasChunk)
        {
            return false;
        }

        var chunk = _batch.Chunk;
        if (_batch.IsChunkDone || chunk.IsVoid || chunk.State.IsPaused)
        {
            CloseChunk(chunk);
            Pump();
            return false;
        }

        return Show();
    }

    private bool TryNextChunk()
    {
        ThrowFailure();
        for (var i = 0; i < _ready.Count;)
        {
            var chunk = _ready[i];
            if (chunk.State.IsPaused || chunk.State.IsHeld)
            {
                i++;
                continue;
            }

            _ready.RemoveAt(i);
            chunk.State.BufferedBytes -= chunk.SizeBytes;
            _batch.Open(chunk);
            _hasChunk = true;
            if (chunk.RecordCount > 0)
            {
                Pump();
                return Show();
            }

            _batch.Show(0);
            _batch.Complete();
            CloseChunk(chunk);
            ThrowFailure();
        }

        Pump();
        return false;
    }

    private bool Show()
    {
        _batch.Show(_options.MaxPollRecords);
        _inHand = _batch.Chunk.State;
        ClientMetrics.Consumed(_inHand, _options.GroupId, _batch.Count);
        return true;
    }

    /// <summary>Gives a chunk back. What was not handed out of it is fetched again.</summary>
    private void CloseChunk(FetchedChunk chunk)
    {
        _hasChunk = false;
        var state = chunk.State;
        if (!chunk.IsVoid && !_batch.IsChunkDone)
        {
            state.Seek(state.Position, state.PositionEpoch);
        }
        else if (!chunk.IsVoid && chunk.Failure is { } failure)
        {
            state.Failure = failure;
            state.Phase = PartitionPhase.NeedsSeek;
        }

        _batch.Close();
        Release(chunk);
        DropVoid();
    }

    private void Release(FetchedChunk chunk)
    {
        _bufferedBytes -= chunk.SizeBytes;
        chunk.Return();
    }

    /// <summary>Drops what was fetched and is void. Under the gate.</summary>
    private void DropVoid()
    {
        for (var i = _ready.Count - 1; i >= 0; i--)
        {
            var chunk = _ready[i];
            if (chunk.IsVoid)
            {
                _ready.RemoveAt(i);
                chunk.State.BufferedBytes -= chunk.SizeBytes;
                Release(chunk);
            }
        }
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            if (failure is not KafkaException { IsFatal: true })
            {
                _failure = null;
            }

            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        foreach (var state in _states.Values)
        {
            if (state.Failure is { } seeks && !state.IsPaused)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(seeks);
            }
        }
    }
}
