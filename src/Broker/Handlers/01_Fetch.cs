using Moldau.Broker.Fetching;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
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

    private const int TopicIdVersion = 13;

    private readonly MetadataLoader _loader;
    private readonly ReplicaManager _replicas;
    private readonly Func<NodeConfiguration> _configuration;
    private readonly TimingWheel _wheel;
    private readonly IWorkers _workers;
    private readonly CancellationToken _stopping;
    private readonly FetchSessions _sessions;
    private readonly FetchReader _reader;

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

    public override async ValueTask<OutgoingFrame?> RespondAsync(RequestContext context)
    {
        var request = Decode(context);
        var fetch = Open(context, request, out var parameters);
        if (fetch.Error != ErrorCode.None)
        {
            return Encode(context, fetch, [], []);
        }

        var partitions = fetch.Partitions;
        var reads = new PartitionRead[partitions.Count];
        var refused = new bool[partitions.Count];
        try
        {
            Resolve(context, parameters, partitions, reads, refused);
            context.MarkDispatched();
            context.ReleaseFrame();
            if (!Array.TrueForAll(refused, static isRefused => isRefused))
            {
                await WarmUpAsync(partitions, refused);
                await ReadAsync(parameters, partitions, refused, reads, context.Cancellation);
            }

            return Encode(context, fetch, reads, refused);
        }
        catch
        {
            Release(reads);
            throw;
        }
    }

    /// <inheritdoc />
    /// <remarks>An error of the session stands in its own field, every other one in each partition that is fetched: those of the session that the request does not name as well.</remarks>
    public override OutgoingFrame Refuse(RequestContext context, ErrorCode error)
    {
        if (error is ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch or ErrorCode.FetchSessionTopicIdError)
        {
            return Encode(context, FetchContext.Failed(error), [], []);
        }

        var fetch = Open(context, Decode(context), out _);
        var reads = new PartitionRead[fetch.Partitions.Count];
        Array.Fill(reads, PartitionRead.Failed(error));
        return Encode(context, fetch, reads, new bool[reads.Length]);
    }

    private static FetchRequest Decode(RequestContext context)
    {
        var reader = new MessageReader(context.Body);
        return FetchRequest.Read(ref reader, context.ApiVersion);
    }

    private FetchContext Open(RequestContext context, FetchRequest request, out FetchParameters parameters)
    {
        var replicaId = context.ApiVersion >= 15 ? (int)request.ReplicaState.ReplicaId : (int)request.ReplicaId;
        var fromFollower = replicaId >= 0;
        var maxBytes = Math.Min(request.MaxBytes, _configuration().FetchMaxBytes);
        var isolation = fromFollower ? FetchIsolation.LogEnd : request.IsolationLevel == 1 ? FetchIsolation.TransactionCommitted : FetchIsolation.HighWatermark;
        parameters = new FetchParameters(replicaId, request.MaxWaitMs, Math.Min(request.MinBytes, maxBytes), maxBytes, isolation);
        var usesTopicIds = context.ApiVersion >= TopicIdVersion;
        var image = _loader.Image;
        List<FetchPartition> requested = [];
        foreach (var topic in request.Topics)
        {
            var name = usesTopicIds ? image.Topics.Find(topic.TopicId)?.Name : topic.Topic.Value;
            foreach (var partition in topic.Partitions)
            {
                requested.Add(new FetchPartition(usesTopicIds ? topic.TopicId : Uuid.Zero, name, partition.Partition)
                {
                    CurrentLeaderEpoch = partition.CurrentLeaderEpoch,
                    FetchOffset = partition.FetchOffset,
                    LastFetchedEpoch = partition.LastFetchedEpoch,
                    FetcherLogStartOffset = partition.LogStartOffset,
                    MaxBytes = partition.PartitionMaxBytes,
                });
            }
        }

        List<FetchPartitionKey> forgotten = [];
        foreach (var topic in request.ForgottenTopicsData)
        {
            foreach (var partition in topic.Partitions)
            {
                forgotten.Add(FetchPartitionKey.Of(usesTopicIds ? topic.TopicId : Uuid.Zero, topic.Topic, partition));
            }
        }

        return _sessions.Open(request.SessionId, request.SessionEpoch, usesTopicIds, fromFollower, requested, forgotten);
    }

    /// <summary>Settles the partitions that must not or cannot be read at all. As in Kafka they do not cut the waiting for others short.</summary>
    private void Resolve(RequestContext context, in FetchParameters parameters, IReadOnlyList<FetchPartition> partitions, PartitionRead[] reads, bool[] refused)
    {
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
                error = ErrorCode.UnknownTopicId;
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
    }

    /// <summary>A name that a session kept may be that of a topic deleted since: its id is then unknown.</summary>
    private static ErrorCode UnknownPartition(MetadataImage image, FetchPartition partition) =>
        image.Topics.Find(partition.TopicId) is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;

    /// <summary>Reads, and reads again after each change, until there is enough, or an error, or the time is over. One waiter and one deadline, however many partitions.</summary>
    private async ValueTask ReadAsync(
        FetchParameters parameters, IReadOnlyList<FetchPartition> partitions, bool[] refused, PartitionRead[] reads, CancellationToken cancellation)
    {
        if (_reader.ReadAll(in parameters, partitions, refused, reads, out var settled) >= parameters.MinBytes || settled || parameters.MaxWaitMs <= 0)
        {
            return;
        }

        var signal = new ChangeSignal();
        using var stopped = _stopping.UnsafeRegister(static waiting => ((ChangeSignal)waiting!).Cancel(), signal);

        // Nobody waits for the answer once the connection is closed.
        using var closed = cancellation.UnsafeRegister(static waiting => ((ChangeSignal)waiting!).Cancel(), signal);
        var watched = Watch(partitions, refused, signal);
        _wheel.Add(signal, parameters.MaxWaitMs);
        try
        {
            // The first look after registering sees what came between the first read and now.
            var inTime = true;
            do
            {
                Release(reads);
                if (_reader.ReadAll(in parameters, partitions, refused, reads, out settled) >= parameters.MinBytes || settled || !inTime)
                {
                    return;
                }

                inTime = await signal.WaitAsync();
            }
            while (true);
        }
        finally
        {
            _wheel.Remove(signal);
            foreach (var partition in watched)
            {
                partition.RemoveWaiter(signal);
            }
        }
    }

    /// <summary>A log that nobody has used since the start looks at its files first, which may take long: not here, where sockets are polled.</summary>
    private ValueTask WarmUpAsync(IReadOnlyList<FetchPartition> partitions, bool[] refused)
    {
        List<Partition>? cold = null;
        for (var i = 0; i < partitions.Count; i++)
        {
            if (!refused[i] && _replicas.Find(partitions[i].TopicName!, partitions[i].Partition, out _) is { Log.IsLoaded: false } partition)
            {
                (cold ??= []).Add(partition);
            }
        }

        return cold is null ? ValueTask.CompletedTask : new ValueTask(_workers.CallAsync(() => cold.ForEach(static partition => partition.WarmUp())));
    }

    private List<Partition> Watch(IReadOnlyList<FetchPartition> partitions, bool[] refused, ChangeSignal signal)
    {
        var watched = new List<Partition>(partitions.Count);
        for (var i = 0; i < partitions.Count; i++)
        {
            if (!refused[i] && _replicas.Find(partitions[i].TopicName!, partitions[i].Partition, out _) is { } partition)
            {
                partition.AddWaiter(signal);
                watched.Add(partition);
            }
        }

        return watched;
    }

    /// <summary>Gives up the ranges that were read; each is given up once.</summary>
    private static void Release(PartitionRead[] reads)
    {
        for (var i = 0; i < reads.Length; i++)
        {
            var slice = reads[i].Slice;
            reads[i].Slice = default;
            slice.Dispose();
        }
    }

    private OutgoingFrame Encode(RequestContext context, FetchContext fetch, PartitionRead[] reads, bool[] refused)
    {
        var outcomes = new FetchOutcome[reads.Length];
        for (var i = 0; i < reads.Length; i++)
        {
            outcomes[i] = reads[i].Outcome;
            context.Record(QuotaKind.Fetch, reads[i].Slice.Length);
        }

        var send = new bool[reads.Length];
        var (error, sessionId) = fetch.Complete(outcomes, send, _sessions.NowMs());
        var positions = new int[reads.Length];
        var writer = context.Begin(context.ApiVersion, capacity: 128 + (reads.Length * 64));
        try
        {
            FetchResponseEncoder.Write(
                ref writer, context.ApiVersion, context.Throttle(), error, sessionId, fetch.Partitions, reads, send, positions, NewLeaders(context, reads, refused));
        }
        catch
        {
            writer.Dispose();
            throw;
        }

        return FetchResponseEncoder.ToFrame(ref writer, reads, positions);
    }

    private IReadOnlyList<FetchNodeEndpoint> NewLeaders(RequestContext context, PartitionRead[] reads, bool[] refused)
    {
        List<FetchNodeEndpoint>? nodes = null;
        for (var i = 0; i < reads.Length; i++)
        {
            var leader = reads[i].CurrentLeaderId;
            if (!refused[i] && leader >= 0 && nodes?.Exists(node => node.NodeId == leader) != true
                && _loader.Image.Cluster.Broker(leader) is { } broker && broker.Listener(context.Listener.Name) is { } endpoint)
            {
                (nodes ??= []).Add(new FetchNodeEndpoint(leader, endpoint.Host, endpoint.Port, broker.Rack));
            }
        }

        return nodes is null ? [] : nodes;
    }
}
