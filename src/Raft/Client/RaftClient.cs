using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Raft;

/// <summary>
/// The thin shell around <see cref="RaftCore"/>: it feeds it with time, messages and appends on one serial queue, and carries out what comes out. Syncs
/// are shared: all
/// appends that came while one ran go to the disk with the next. Lifecycle: make it, register listeners, <see cref="Start"/>,
/// <see cref="ShutdownAsync"/>. A failure of
/// the disk or a broken invariant escapes on the worker, which ends the process.
/// </summary>
public sealed partial class RaftClient : IRaftClient, IDisposable
{
    private readonly RaftClientOptions _options;
    private readonly IRaftLog _log;
    private readonly SnapshotFiles _snapshots;
    private readonly TimeProvider _time;
    private readonly IRaftTransport? _transport;
    private readonly RaftCore _core;
    private readonly Lock _coreGate = new();
    private readonly SerialQueue _queue;
    private readonly AppendAccumulator _accumulator;
    private readonly List<ListenerContext> _listeners = [];
    private readonly Dictionary<long, TaskCompletionSource<RaftResponse>> _requests = [];
    private readonly TaskCompletionSource _stopped = new();
    private readonly long _startTimestamp;
    private readonly long _startMs;
    private readonly ITimer _tick;
    private readonly ITimer _linger;
    private long _nextRequestId;
    private bool _flushIsDue;
    private bool _isStopped;

    // Read by whoever appends, while the queue may be in the middle of a sync.
    private volatile bool _hasOtherVoters;

    /// <param name="options">Who this replica is.</param>
    /// <param name="log">The log; the client owns it from now on.</param>
    /// <param name="snapshots">The snapshots beside the log.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="entropy">Draws election timeouts.</param>
    /// <param name="workers">Where the serial queue runs; it blocks on syncs.</param>
    /// <param name="transport">The way to other replicas; null when this is the only voter.</param>
    /// <exception cref="InvalidDataException">A snapshot, the quorum state or the log is damaged.</exception>
    public RaftClient(
        RaftClientOptions options, IRaftLog log, SnapshotFiles snapshots, TimeProvider time, IEntropy entropy, IWorkers workers,
        IRaftTransport? transport = null)
    {
        _options = options;
        _log = log;
        _snapshots = snapshots;
        _time = time;
        _transport = transport;
        _queue = new SerialQueue(workers, Settle);
        _accumulator = new AppendAccumulator(options.Quorum.BatchBytesMax);
        _startTimestamp = time.GetTimestamp();
        _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _core = new RaftCore(options.Quorum, entropy, LoadStartState());
        _tick = time.CreateTimer(_ => Post(new RaftInput.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _linger = time.CreateTimer(_ => _queue.Post(TakeAppends), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int NodeId => _options.Quorum.NodeId;

    public Uuid DirectoryId => _options.Quorum.DirectoryId;

    public LeaderAndEpoch Leader => Read(core => core.Leader);

    public long? HighWatermark => Read(core => core.HighWatermark);

    public long LogEndOffset => Read(core => core.Log.EndOffset);

    public OffsetAndEpoch? LatestSnapshotId => Read(core => core.Log.LatestSnapshotId);

    public short KRaftVersion => Read(core => core.KRaftVersion);

    /// <summary>The newest voter set this replica knows.</summary>
    public VoterSet Voters => Read(core => core.Voters);

    /// <summary>Joins the quorum. A single voter leads soon after.</summary>
    public void Start() => Post(new RaftInput.Start());

    public void Register(IRaftListener listener) => _queue.Post(() =>
    {
        _listeners.Add(new ListenerContext(listener));
        UpdateListeners();
    });

    public void Unregister(IRaftListener listener) => _queue.Post(() => _listeners.RemoveAll(context => context.Listener == listener));

    public long ScheduleAppend(int epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        long lastOffset = _accumulator.Add(epoch, records, out bool isFirst);
        if (isFirst)
        {
            // Lingering saves other voters fetches. A leader alone saves nothing by it: what comes during a sync shares the next one anyway.
            if (_options.Quorum.AppendLingerMs <= 0 || !_hasOtherVoters)
            {
                _queue.Post(TakeAppends);
            }
            else
            {
                _linger.Change(TimeSpan.FromMilliseconds(_options.Quorum.AppendLingerMs), Timeout.InfiniteTimeSpan);
            }
        }
        return lastOffset;
    }

    public void Resign(int epoch) => Post(new RaftInput.Resign(epoch));

    public QuorumDescription DescribeQuorum() => Read(core => core.Describe());

    /// <summary>A request of another replica; the task ends with the answer, which may take as long as the request allows.</summary>
    public Task<RaftResponse> ReceiveAsync(RaftRequest request)
    {
        var answer = new TaskCompletionSource<RaftResponse>();
        _queue.Post(() =>
        {
            long id = ++_nextRequestId;
            _requests.Add(id, answer);
            Step(new RaftInput.Request(id, request));
        });
        return answer.Task;
    }

    /// <summary>The answer to what <see cref="IRaftTransport.Send"/> was given.</summary>
    public void Receive(long correlationId, RaftResponse response) => Post(new RaftInput.Response(correlationId, response));

    /// <summary>What <see cref="IRaftTransport.Send"/> was given did not get through.</summary>
    public void SendFailed(long correlationId) => Post(new RaftInput.SendFailed(correlationId));

    /// <summary>Leaves the quorum: a leader tells the others and waits for them, at most so long. Then listeners are told and the log is closed.</summary>
    public Task ShutdownAsync(int timeoutMs = 5000)
    {
        _queue.Post(TakeAppends);
        Post(new RaftInput.Shutdown(timeoutMs));
        return _stopped.Task;
    }

    public void Dispose()
    {
        _tick.Dispose();
        _linger.Dispose();
    }

    private void Post(RaftInput input) => _queue.Post(() => Step(input));

    private T Read<T>(Func<RaftCore, T> read)
    {
        lock (_coreGate)
        {
            return read(_core);
        }
    }

    // The core's clock starts at the wall clock's time and then goes evenly, so that a step of the wall clock starts no election.
    private long NowMs() => _startMs + (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;
}
