using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Raft;
using Moldau.Runtime;

namespace Moldau.Controller;

/// <summary>
/// The controller of a node (KIP-631). On every node it follows the metadata log; on the leader of the metadata quorum it is active: it runs managers
/// over the newest image, appends their records, and answers once they are committed. Requests see the records of those before them at once; when the
/// leadership is lost, what was not committed is forgotten. All state belongs to one serial queue; the public methods may be called from any thread.
/// </summary>
public sealed partial class QuorumController : IRaftListener, IDisposable
{
    private readonly IRaftClient _raft;
    private readonly ControllerOptions _options;
    private readonly TimeProvider _time;
    private readonly IEntropy _entropy;
    private readonly ControllerQueue _queue;
    private readonly TaskCompletionSource _activated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BrokerSessions _sessions;
    private readonly DynamicNodeConfiguration _dynamic;
    private readonly Queue<PendingReply> _pending = [];
    private readonly Queue<(long Offset, MetadataImage Image)> _appended = [];
    private long _lastAppendedOffset = -1;
    private IReadOnlyList<MetadataRecord> _bootstrap;
    private volatile MetadataImage _committed = MetadataImage.Empty;
    private MetadataImage _latest = MetadataImage.Empty;
    private MetadataImage? _beforeTransaction;
    private long _committedOffset = -1;
    private bool _isLogEmpty = true;
    private volatile int _activeEpoch = -1;
    private ITimer? _timer;

    /// <summary>Makes a controller; it begins to follow the log at <see cref="Start"/>.</summary>
    public QuorumController(IRaftClient raft, ControllerOptions options, TimeProvider time, IEntropy entropy, IWorkers workers)
    {
        _raft = raft;
        _options = options;
        _time = time;
        _entropy = entropy;
        _bootstrap = options.BootstrapRecords;
        _sessions = new BrokerSessions(options.Node.BrokerSessionTimeoutMs, options.Node.IsBroker ? options.Node.NodeId : null);
        _dynamic = new DynamicNodeConfiguration(options.Node);
        _queue = new ControllerQueue(workers, OnFailure);
    }

    /// <summary>The metadata as committed. Any thread may read it.</summary>
    public MetadataImage CommittedImage => _committed;

    /// <summary>True while this node leads the metadata quorum and takes requests.</summary>
    public bool IsActive => _activeEpoch >= 0;

    /// <summary>Ends when this controller is active for the first time: who asks before that is refused.</summary>
    public Task Activated => _activated.Task;

    /// <summary>Begins to follow the metadata log.</summary>
    public void Start()
    {
        _raft.Register(this);
        TimeSpan period = TimeSpan.FromMilliseconds(TickMs);
        _timer = _time.CreateTimer(static controller => ((QuorumController)controller!).OnTimer(), this, period, period);
    }

    /// <summary>Stops taking requests; those that wait are answered with NOT_CONTROLLER.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        _raft.Unregister(this);
        _queue.Post(() => Deactivate("the controller is closed"));
        _queue.Close();
    }

    /// <summary>
    /// Runs one operation of a manager. The answer comes when its records are committed, or at once when there are none and none before it are pending.
    /// </summary>
    public Task<ControllerReply<T>> SubmitAsync<T>(Func<MetadataImage, ControlContext, ControllerResult<T>> operation, RequestOptions options)
        where T : class => SubmitAsync(operation, options, onAppended: null);

    /// <summary>Registers a broker and opens its session.</summary>
    public Task<ControllerReply<BrokerRegistrationResponse>> RegisterBrokerAsync(BrokerRegistrationRequest request, RequestOptions options) => SubmitAsync(
        (image, context) => ClusterManager.RegisterBroker(image, request, context, _sessions),
        options,
        (result, lastOffset) =>
        {
            if (result.Response.ErrorCode == ErrorCode.None)
            {
                _sessions.Open(request.BrokerId, NowMs).RegistrationOffset = lastOffset;
            }
        });

    /// <summary>Takes a broker's heartbeat.</summary>
    public Task<ControllerReply<BrokerHeartbeatResponse>> HeartbeatAsync(BrokerHeartbeatRequest request, RequestOptions options)
    {
        _sessions.BeginContact(request.BrokerId);
        Task<ControllerReply<BrokerHeartbeatResponse>> reply = TakeHeartbeatAsync(request, options);
        _ = reply.ContinueWith(_ => _sessions.EndContact(request.BrokerId, NowMs), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return reply;
    }

    private Task<ControllerReply<BrokerHeartbeatResponse>> TakeHeartbeatAsync(BrokerHeartbeatRequest request, RequestOptions options) => SubmitAsync(
        (image, context) => ClusterManager.Heartbeat(image, request, context, _sessions),
        options,
        (result, lastOffset) =>
        {
            if (result.Response.ErrorCode != ErrorCode.None)
            {
                return;
            }

            _sessions.Touch(request.BrokerId, NowMs, request.CurrentMetadataOffset);
            if (_latest.Cluster.Broker(request.BrokerId) is { InControlledShutdown: true, Fenced: false }
                && _sessions.Find(request.BrokerId) is { ControlledShutdownOffset: < 0 } session)
            {
                session.ControlledShutdownOffset = Math.Max(lastOffset, NextOffset - 1);
            }
        });

    /// <summary>Forgets a broker and its session.</summary>
    public Task<ControllerReply<UnregisterBrokerResponse>> UnregisterBrokerAsync(UnregisterBrokerRequest request, RequestOptions options) => SubmitAsync(
        (image, context) => ClusterManager.UnregisterBroker(image, request, context),
        options,
        (result, _) =>
        {
            if (result.Response.ErrorCode == ErrorCode.None)
            {
                _sessions.Remove(request.BrokerId);
            }
        });

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private Task<ControllerReply<T>> SubmitAsync<T>(
        Func<MetadataImage, ControlContext, ControllerResult<T>> operation, RequestOptions options, Action<ControllerResult<T>, long>? onAppended)
        where T : class
    {
        // Whoever waits goes on elsewhere: an answer must not run the handler's code on the controller's queue.
        var reply = new TaskCompletionSource<ControllerReply<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        long deadlineMs = NowMs + options.TimeoutMs;
        bool isPosted = _queue.Post(() => Run(operation, options, deadlineMs, onAppended, reply));
        if (!isPosted)
        {
            reply.SetResult(ControllerReply<T>.Failed(ErrorCode.NotController, "The controller is closed."));
        }

        return reply.Task;
    }

    private void Run<T>(
        Func<MetadataImage, ControlContext, ControllerResult<T>> operation,
        RequestOptions options,
        long deadlineMs,
        Action<ControllerResult<T>, long>? onAppended,
        TaskCompletionSource<ControllerReply<T>> reply)
        where T : class
    {
        if (!IsActive)
        {
            reply.SetResult(ControllerReply<T>.Failed(ErrorCode.NotController, NotControllerMessage()));
            return;
        }

        if (NowMs > deadlineMs)
        {
            reply.SetResult(ControllerReply<T>.Failed(ErrorCode.RequestTimedOut));
            return;
        }

        ControllerResult<T> result = operation(_latest, Context(options));
        ApiError error = Append(result.Records, result.IsAtomic, out long lastOffset);
        if (error.IsError)
        {
            reply.SetResult(new(error, null));
            return;
        }

        onAppended?.Invoke(result, lastOffset);
        T response = result.Response;
        if (result.Records.Count == 0 && _pending.Count == 0)
        {
            reply.SetResult(new(ApiError.None, response));
            return;
        }

        // Without records of its own the answer still rests on those before it: it waits for them.
        _pending.Enqueue(new(lastOffset, isCommitted => reply.SetResult(isCommitted
            ? new(ApiError.None, response)
            : ControllerReply<T>.Failed(ErrorCode.NotController, NotControllerMessage()))));
    }

    /// <summary>Where the next record goes. What has been handed to the quorum may still linger before it is in the log.</summary>
    private long NextOffset => _appended.Count > 0 ? _lastAppendedOffset + 1 : _raft.LogEndOffset;

    private ControlContext Context(RequestOptions options) => new()
    {
        Node = _dynamic.Of(_latest),
        Entropy = _entropy,
        ClusterId = _options.ClusterId,
        NowMs = NowMs,
        NextOffset = NextOffset,
        ApiVersion = options.ApiVersion,
        Principal = options.Principal,
        MayDescribeConfigs = options.MayDescribeConfigs,
        QuorumIds = _options.QuorumIds?.Invoke() ?? [],
    };

    private string NotControllerMessage() => _raft.Leader.LeaderId is { } leader
        ? $"The active controller appears to be node {leader}."
        : "No controller appears to be active.";

    private void OnFailure(Exception e)
    {
        _options.Log?.Invoke($"the controller stops: {e.Message}");
        int epoch = _activeEpoch;
        _activeEpoch = -1;
        if (epoch >= 0)
        {
            _raft.Resign(epoch);
        }

        while (_pending.TryDequeue(out PendingReply? pending))
        {
            pending.Complete(false);
        }
    }
}
