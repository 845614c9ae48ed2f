using System.Runtime.CompilerServices;
using System.Text;
using Moldau.Broker.Fetching;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Security;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>
/// Fetch v4 to v18: reads partitions within limits, waits for data when asked to, and sends ranges of files. v7 has incremental sessions (KIP-227), v9 leader epochs (KIP-320), v12 divergence
/// (KIP-595), v13 topic ids (KIP-516), v15 the replica in a tagged field, v16 the endpoints of new leaders (KIP-951).
/// </summary>
public sealed class FetchHandler : RequestHandler
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Read, ResourceType.Topic, "from a consumer"),
        new AuthorizationRule(AclOperation.ClusterAction, ResourceType.Cluster, "from a follower"));

    private static readonly List<FetchNodeEndpoint> NoNodes = [];

    private const int TopicIdVersion = 13;

    private readonly MetadataLoader _loader;
    private readonly ReplicaManager _replicas;
    private readonly Func<NodeConfiguration> _configuration;
    private readonly TimingWheel _wheel;
    private readonly IWorkers _workers;
    private readonly CancellationToken _stopping;
    private readonly FetchSessions _sessions;
    private readonly FetchReader _reader;
    private readonly FetchOperations _operations = new();

    /// <param name="loader">The metadata.</param>
    /// <param name="replicas">The replicas here.</param>
    /// <param name="configuration">The node's configuration as it is now.</param>
    /// <param name="wheel">The deadlines of those that wait.</param>
    /// <param name="environment">Clock, entropy and workers.</param>
    /// <param name="stopping">Cancelled when the node stops: those that wait are answered with what there is.</param>
    public FetchHandler(
        MetadataLoader loader, ReplicaManager replicas, Func<NodeConfiguration> configuration, TimingWheel wheel, NodeEnvironment environment, CancellationToken stopping)
        : base(ApiKey.Fetch)
    {
        _loader = loader;
        _replicas = replicas;
        _configuration = configuration;
        _wheel = wheel;
        _workers = environment.Workers;
        _stopping = stopping;
        _sessions = new FetchSessions(new FetchSessionCache(configuration().MaxIncrementalFetchSessionCacheSlots, SessionEvictionMs, environment.Entropy), environment.Time);
        _reader = new FetchReader(replicas);
    }

    /// <summary>How long a session must be unused before any newcomer may replace it; Kafka's constant.</summary>
    private const long SessionEvictionMs = 120_000;

    /// <summary>The controllers' listener serves fetches of the metadata log, which come with the cluster.</summary>
    public override ApiListeners Listeners => ApiListeners.Broker;

    public override AuthorizationRequirement Authorization => Required;

    public override bool KeepsNothing => true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<OutgoingFrame?> RespondAsync(RequestContext context)
    {
        var operation = _operations.Rent();
        try
        {
            var fetch = Open(context, operation, out var parameters);
            if (fetch.Error == ErrorCode.None)
            {
                var isAnyRead = Resolve(context, in parameters, fetch.Partitions, operation);
                context.MarkDispatched();
                context.ReleaseFrame();
                if (isAnyRead)
                {
                    await WarmUpAsync(fetch.Partitions, operation);
                    await ReadAsync(parameters, fetch.Partitions, operation, context.Cancellation);
                }
            }

            return Encode(context, in fetch, operation);
        }
        catch
        {
            operation.Release();
            throw;
        }
        finally
        {
            _operations.Return(operation);
        }
    }

    /// <inheritdoc />
    /// <remarks>An error of the session stands in its own field, every other one in each partition that is fetched: those of the session that the request does not name as well.</remarks>
    public override OutgoingFrame Refuse(RequestContext context, ErrorCode error)
    {
        var operation = _operations.Rent();
        try
        {
            if (error is ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch or ErrorCode.FetchSessionTopicIdError)
            {
                return Encode(context, FetchContext.Failed(error), operation);
            }

            var fetch = Open(context, operation, out _);
            operation.Begin(fetch.Partitions.Count);
            operation.Reads.Fill(PartitionRead.Failed(error));
            return Encode(context, in fetch, operation);
        }
        finally
        {
            _operations.Return(operation);
        }
    }

    private FetchContext Open(RequestContext context, FetchOperation operation, out FetchParameters parameters)
    {
        var request = FetchRequestReader.Open(context.Body, context.ApiVersion);
        int replicaId = request.ReplicaId;
        var fromFollower = replicaId >= 0;
        var maxBytes = Math.Min(request.MaxBytes, _configuration().FetchMaxBytes);
        var isolation = fromFollower ? FetchIsolation.LogEnd : request.IsolationLevel == 1 ? FetchIsolation.TransactionCommitted : FetchIsolation.HighWatermark;
        parameters = new FetchParameters(replicaId, request.MaxWaitMs, Math.Min(request.MinBytes, maxBytes), maxBytes, isolation);
        var usesTopicIds = context.ApiVersion >= TopicIdVersion;
        ReadPartitions(ref request, usesTopicIds, operation);
        var (sessionId, epoch) = (request.SessionId, request.SessionEpoch);
        return _sessions.Open(sessionId, epoch, usesTopicIds, fromFollower, operation.Requested, operation.Forgotten, operation.Served);
    }

    private void ReadPartitions(ref FetchRequestReader request, bool usesTopicIds, FetchOperation operation)
    {
        var image = _loader.Image;
        while (request.NextTopic())
        {
            var topicId = usesTopicIds ? request.TopicId : Uuid.Zero;
            var name = usesTopicIds ? image.Topics.Find(topicId)?.Name : operation.NameOf(request.TopicName);
            while (request.NextPartition())
            {
                var row = operation.AddRequested(topicId, name, request.Partition);
                row.CurrentLeaderEpoch = request.CurrentLeaderEpoch;
                row.FetchOffset = request.FetchOffset;
                row.LastFetchedEpoch = request.LastFetchedEpoch;
                row.FetcherLogStartOffset = request.LogStartOffset;
                row.MaxBytes = request.PartitionMaxBytes;
            }
        }

        while (request.NextForgottenTopic())
        {
            var topicId = usesTopicIds ? request.TopicId : Uuid.Zero;
            var name = usesTopicIds ? null : Encoding.UTF8.GetString(request.TopicName);
            while (request.NextForgottenPartition())
            {
                operation.Forgotten.Add(FetchPartitionKey.Of(topicId, name, request.Partition));
            }
        }
    }

    /// <summary>Settles the partitions that must not or cannot be read at all; false when there are no others. As in Kafka they do not cut the waiting for others short.</summary>
    private bool Resolve(RequestContext context, in FetchParameters parameters, List<FetchPartition> partitions, FetchOperation operation)
    {
        operation.Begin(partitions.Count);
        var reads = operation.Reads;
        var refused = operation.Refused;
        var image = _loader.Image;
        var followerRefused = parameters.IsFromFollower && !context.MayOnCluster(AclOperation.ClusterAction, out _);
        string? lastTopic = null;
        var lastAllowed = false;
        for (var i = 0; i < partitions.Count; i++)
        {
            var partition = partitions[i];
            partition.TopicName ??= image.Topics.Find(partition.TopicId)?.Name;
            var error = ErrorCode.None;
            if (partition.TopicName is not { } topic)
            {
                error = followerRefused ? ErrorCode.TopicAuthorizationFailed : ErrorCode.UnknownTopicId;
            }
            else
            {
                if (!ReferenceEquals(topic, lastTopic))
                {
                    lastTopic = topic;
                    lastAllowed = parameters.IsFromFollower ? !followerRefused : context.May(AclOperation.Read, ResourceType.Topic, topic);
                }

                error = !lastAllowed ? ErrorCode.TopicAuthorizationFailed
                    : image.Topics.FindPartition(topic, partition.Partition) is null
                        ? partition.TopicId == Uuid.Zero ? ErrorCode.UnknownTopicOrPartition : UnknownPartition(image, partition)
                        : ErrorCode.None;
            }

            if (error != ErrorCode.None)
            {
                refused[i] = true;
                reads[i] = PartitionRead.Failed(error);
            }
        }

        return refused.Contains(false);
    }

    /// <summary>A name that a session kept may be that of a topic deleted since: its id is then unknown.</summary>
    private static ErrorCode UnknownPartition(MetadataImage image, FetchPartition partition) =>
        image.Topics.Find(partition.TopicId) is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;

    /// <summary>
    /// Reads, and reads what changes, until there is enough, or an error, or the time is over. One signal and one deadline, however many partitions; who is woken looks at those that moved.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadAsync(FetchParameters parameters, List<FetchPartition> partitions, FetchOperation operation, CancellationToken cancellation)
    {
        if (IsEnough(in parameters, ReadAll(in parameters, partitions, operation, out var settled), settled) || parameters.MaxWaitMs <= 0)
        {
            return;
        }

        var signal = operation.Signal;
        using var stopped = _stopping.UnsafeRegister(static waiting => ((ChangeSignal)waiting!).Cancel(), signal);

        // Nobody waits for the answer once the connection is closed.
        using var closed = cancellation.UnsafeRegister(static waiting => ((ChangeSignal)waiting!).Cancel(), signal);
        operation.ForgetChanges();
        Watch(partitions, operation);
        _wheel.Add(signal, parameters.MaxWaitMs);
        var inTime = true;
        try
        {
            // The first look after registering sees what came between the first read and now.
            operation.Release();
            var totalBytes = ReadAll(in parameters, partitions, operation, out settled);
            while (!IsEnough(in parameters, totalBytes, settled) && inTime)
            {
                inTime = await signal.WaitAsync();
                totalBytes = _reader.ReadChanged(in parameters, partitions, operation, totalBytes, out settled);
            }
        }
        finally
        {
            operation.EndWatching();
            if (!_wheel.Remove(signal))
            {
                operation.DropSignal();
            }
        }
    }

    private static bool IsEnough(in FetchParameters parameters, long totalBytes, bool settled) => totalBytes >= parameters.MinBytes || settled;

    private long ReadAll(in FetchParameters parameters, List<FetchPartition> partitions, FetchOperation operation, out bool settled) =>
        _reader.ReadAll(in parameters, partitions, operation.Refused, operation.Reads, out settled);

    /// <summary>A log that nobody has used since the start looks at its files first, which may take long: not here, where sockets are polled.</summary>
    private ValueTask WarmUpAsync(List<FetchPartition> partitions, FetchOperation operation)
    {
        List<Partition>? cold = null;
        var refused = operation.Refused;
        for (var i = 0; i < partitions.Count; i++)
        {
            if (!refused[i] && _replicas.Find(partitions[i].TopicName!, partitions[i].Partition, out _) is { Log.IsLoaded: false } partition)
            {
                (cold ??= []).Add(partition);
            }
        }

        return cold is null ? ValueTask.CompletedTask : WarmUpAsync(cold);
    }

    private ValueTask WarmUpAsync(List<Partition> cold) => new(_workers.CallAsync(() => cold.ForEach(static partition => partition.WarmUp())));

    private void Watch(List<FetchPartition> partitions, FetchOperation operation)
    {
        var refused = operation.Refused;
        for (var i = 0; i < partitions.Count; i++)
        {
            if (!refused[i] && _replicas.Find(partitions[i].TopicName!, partitions[i].Partition, out _) is { } partition)
            {
                operation.Watch(i, partition);
            }
        }
    }

    private OutgoingFrame Encode(RequestContext context, in FetchContext fetch, FetchOperation operation)
    {
        var reads = operation.Reads;
        var outcomes = operation.Outcomes;
        for (var i = 0; i < reads.Length; i++)
        {
            outcomes[i] = reads[i].Outcome;
            context.Record(QuotaKind.Fetch, reads[i].Slice.Length);
        }

        var (error, sessionId) = fetch.Complete(outcomes, operation.Send, _sessions.NowMs());
        var writer = context.Begin(context.ApiVersion, capacity: 128 + (reads.Length * 64));
        try
        {
            FetchResponseEncoder.Write(
                ref writer, context.ApiVersion, context.Throttle(), error, sessionId, fetch.Partitions, reads, operation.Send, operation.Positions,
                NewLeaders(context, reads, operation.Refused));
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        return FetchResponseEncoder.ToFrame(context, ref writer, reads, operation.Positions);
    }

    private IReadOnlyList<FetchNodeEndpoint> NewLeaders(RequestContext context, ReadOnlySpan<PartitionRead> reads, ReadOnlySpan<bool> refused)
    {
        List<FetchNodeEndpoint>? nodes = null;
        for (var i = 0; i < reads.Length; i++)
        {
            var leader = reads[i].CurrentLeaderId;
            if (!refused[i] && leader >= 0 && NewLeader(context, leader, nodes) is { } node)
            {
                (nodes ??= []).Add(node);
            }
        }

        return nodes ?? NoNodes;
    }

    /// <summary>Where the leader is reached, unless it is among those known; null when it is not reached by this listener.</summary>
    private FetchNodeEndpoint? NewLeader(RequestContext context, int leader, List<FetchNodeEndpoint>? known) =>
        known?.Exists(node => node.NodeId == leader) != true && _loader.Image.Cluster.Broker(leader) is { } broker && broker.Listener(context.Listener.Name) is { } endpoint
            ? new FetchNodeEndpoint(leader, endpoint.Host, endpoint.Port, broker.Rack)
            : null;
}
