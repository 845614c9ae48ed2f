using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Coordination;

/// <summary>
/// One shard with its queue, its batch and its waiting writes. Events are queued by any thread and run one at a time, in their order, on a worker that is asked for when the queue was
/// empty: an idle shard has no thread. What is not about the queue is for the thread that runs the events.
/// </summary>
internal sealed partial class CoordinatorCell<TShard> : IHighWatermarkListener
    where TShard : class, ICoordinatorShard
{
    /// <summary>A shard under load gives its worker back after so many events, so that others get their turn.</summary>
    private const int EventsPerTurnMax = 500;

    private readonly Lock _gate = new();
    private readonly Queue<CoordinatorEvent<TShard>> _queue = new();
    private readonly CoordinatorRuntime<TShard> _runtime;
    private readonly CoordinatorTimer<TShard> _timer;
    private readonly CoordinatorExecutor<TShard> _executor;
    private bool _isScheduled;
    private long _highWatermark = -1;
    private TShard? _shard;
    private SnapshotRegistry _snapshots = new();
    private CoordinatorState _state = CoordinatorState.Initial;

    public CoordinatorCell(CoordinatorRuntime<TShard> runtime, TopicPartition partition)
    {
        _runtime = runtime;
        Partition = partition;
        _timer = new CoordinatorTimer<TShard>(this);
        _executor = new CoordinatorExecutor<TShard>(this);
        _linger = new LingerDeadline(this);
        Metrics.Moved(null, _state);
    }

    public TopicPartition Partition { get; }

    public TimingWheel Wheel => _runtime.Wheel;

    public IWorkers Workers => _runtime.Workers;

    public ILogger Logger => _runtime.Logger;

    public CoordinatorRuntimeMetrics Metrics => _runtime.Metrics;

    public long TimerWriteTimeoutMs => _runtime.TimerWriteTimeoutMs;

    /// <summary>Up to where the log is committed, as a snapshot knows it: reads go there.</summary>
    public long LastCommittedOffset { get; private set; }

    /// <summary>Where the log ends.</summary>
    public long LastWrittenOffset { get; private set; }

    /// <summary>The leader epoch for which it is here; -1 before the first.</summary>
    public int Epoch { get; private set; } = -1;

    public CoordinatorState State => _state;

    public void Enqueue(CoordinatorEvent<TShard> next)
    {
        Metrics.Queued();
        lock (_gate)
        {
            _queue.Enqueue(next);
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        Workers.Run(RunEvents);
    }

    public void OnHighWatermark(TopicPartition partition, long offset)
    {
        lock (_gate)
        {
            if (offset <= _highWatermark)
            {
                return;
            }

            _highWatermark = offset;
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        Workers.Run(RunEvents);
    }

    /// <summary>The shard, when operations may come in.</summary>
    /// <exception cref="CoordinatorException">COORDINATOR_LOAD_IN_PROGRESS or NOT_COORDINATOR.</exception>
    public TShard ActiveShard() => _state switch
    {
        CoordinatorState.Active => _shard!,
        CoordinatorState.Loading => throw new CoordinatorException(ErrorCode.CoordinatorLoadInProgress, $"the coordinator of {Partition} is still loading its log"),
        _ => throw new CoordinatorException(ErrorCode.NotCoordinator, $"this node does not coordinate {Partition}"),
    };

    /// <summary>Hands new metadata to the shard.</summary>
    public void Publish(MetadataImage image, MetadataDelta delta)
    {
        if (_state == CoordinatorState.Active)
        {
            _shard!.OnNewImage(image, delta);
        }
    }

    private void RunEvents()
    {
        for (var count = 0; count < EventsPerTurnMax && TryTake(out var next); count++)
        {
            next.Run(this);
            Metrics.Processed();
        }

        if (IsAdaptive)
        {
            FlushQuietly();
        }

        long highWatermark;
        lock (_gate)
        {
            highWatermark = _highWatermark;
        }

        Commit(highWatermark);
        lock (_gate)
        {
            if (_queue.Count == 0 && _highWatermark == highWatermark)
            {
                _isScheduled = false;
                return;
            }
        }

        Workers.Run(RunEvents);
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CoordinatorEvent<TShard>? next)
    {
        lock (_gate)
        {
            return _queue.TryDequeue(out next);
        }
    }

    /// <summary>Answers the writes that are committed by now.</summary>
    private void Commit(long highWatermark)
    {
        if (_state != CoordinatorState.Active || highWatermark <= LastCommittedOffset)
        {
            return;
        }

        LastCommittedOffset = _snapshots.ForgetBefore(Math.Min(highWatermark, LastWrittenOffset));
        while (_deferred.TryPeek(out var first) && first.Offset <= LastCommittedOffset)
        {
            _deferred.Dequeue().Write.Complete(this, null);
        }
    }

    private void MoveTo(CoordinatorState state)
    {
        Metrics.Moved(_state, state);
        _state = state;
    }
}
