using System.Runtime.InteropServices;
using Moldau.Broker.Views;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Security;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>
/// Produce v3 to v13: appends one batch per partition. v7 allows zstd, v8 tells which records were refused (KIP-467), v10 names the new leader (KIP-951), v11 knows TRANSACTION_ABORTABLE and
/// v12 has the broker add partitions to transactions (KIP-890), v13 names topics by id (KIP-516).
/// Stage one is over when all batches are in the logs; with acks=all the answer waits for the high watermark, and where the topic's durability asks for it for the group commit.
/// </summary>
internal sealed partial class ProduceHandler(MetadataLoader loader, ReplicaManager replicas, TransactionVerifier verifier, TimingWheel wheel, IWorkers workers)
    : RequestHandler<ProduceRequest, ProduceResponse>(ApiKey.Produce)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.Topic),
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId, "with a transactional id"));

    /// <summary>The client id of Kafka's own tools, which alone may write to internal topics.</summary>
    private const string AdminClientId = "__admin_client";

    private const short TopicIdVersion = 13;

    public override AuthorizationRequirement Authorization => Required;

    /// <summary>The records stay in the frame; what is decoded beside them is small.</summary>
    public override long EstimateMemoryBytes(int frameBytes) => frameBytes + 1024;

    // A log that nobody has used since the start looks at its files first, which may take long: not here, where sockets are polled.
    protected override ValueTask<ProduceResponse?> HandleAsync(RequestContext context, ProduceRequest request) => IsAnyCold(context, request)
        ? new(workers.CallAsync(() => AppendAsync(context, request).AsTask()).Unwrap())
        : AppendAsync(context, request);

    private bool IsAnyCold(RequestContext context, ProduceRequest request)
    {
        var image = loader.Image;
        foreach (var topic in request.TopicData)
        {
            var name = context.ApiVersion >= TopicIdVersion ? image.Topics.Find(topic.TopicId)?.Name : topic.Name.Value;
            foreach (var data in topic.PartitionData)
            {
                if (name is not null && replicas.Find(name, data.Index, out _) is { Log.IsLoaded: false })
                {
                    return true;
                }
            }
        }

        return false;
    }

    private ValueTask<ProduceResponse?> AppendAsync(RequestContext context, ProduceRequest request)
    {
        if (!HasTransactionalRecords(request))
        {
            return AppendAsync(context, request, null);
        }

        return request.TransactionalId is { } id && context.May(AclOperation.Write, ResourceType.TransactionalId, id) ? AppendVerifiedAsync(context, request, id)
            : request.Acks == 0
                ? throw new ProtocolException("a produce request with acks=0 is not authorized for its transactional id, and closing the connection is the only way to say so")
                : new(ErrorResponse(request, ErrorCode.TransactionalIdAuthorizationFailed, null));
    }

    private ValueTask<ProduceResponse?> AppendAsync(RequestContext context, ProduceRequest request, ProduceVerification? verification)
    {
        var response = new ProduceResponse { Responses = new(request.TopicData.Count) };
        List<PendingAck>? pending = null;
        var failed = false;
        foreach (var topic in request.TopicData)
        {
            response.Responses.Add(AppendTopic(context, request, topic, verification, response, ref pending, ref failed));
        }

        context.Record(QuotaKind.Produce, context.Body.Length);
        if (request.Acks == 0)
        {
            return failed ? throw new ProtocolException("a produce request with acks=0 failed, and closing the connection is the only way to say so") : new((ProduceResponse?)null);
        }

        if (pending is null)
        {
            return new(response);
        }

        context.MarkDispatched();
        context.ReleaseFrame();
        return WaitAsync(request.TimeoutMs, response, pending);
    }

    protected override ProduceResponse? ErrorResponse(ProduceRequest request, ErrorCode error, string? message) => request.Acks == 0 ? null : new()
    {
        Responses = request.TopicData.ConvertAll(topic => new ProduceResponse.TopicProduceResponse
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            PartitionResponses = topic.PartitionData.ConvertAll(partition => Failed(partition.Index, error, message)),
        }),
    };

    protected override void SetThrottleTime(ProduceResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static bool HasTransactionalRecords(ProduceRequest request)
    {
        foreach (var topic in request.TopicData)
        {
            foreach (var data in topic.PartitionData)
            {
                if (data.Records is { Length: >= RecordBatchLayout.HeaderBytes } records && new RecordBatchHeader(records.Span).IsTransactional)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ProduceResponse.PartitionProduceResponse Failed(int index, ErrorCode error, string? message) =>
        new() { Index = index, ErrorCode = error, BaseOffset = -1, LogAppendTimeMs = -1, LogStartOffset = -1, ErrorMessage = message };

    private ProduceResponse.TopicProduceResponse AppendTopic(
        RequestContext context,
        ProduceRequest request,
        ProduceRequest.TopicProduceData topic,
        ProduceVerification? verification,
        ProduceResponse response,
        ref List<PendingAck>? pending,
        ref bool failed)
    {
        var image = loader.Image;
        var known = context.ApiVersion >= TopicIdVersion ? image.Topics.Find(topic.TopicId) : image.Topics.Find(topic.Name);
        var (error, message) = CheckTopic(context, request, topic, known);
        var answers = new List<ProduceResponse.PartitionProduceResponse>(topic.PartitionData.Count);
        foreach (var data in topic.PartitionData)
        {
            var answer = error != ErrorCode.None ? Failed(data.Index, error, message) : Append(context, request, known!, data, verification, response, ref pending);
            failed |= answer.ErrorCode != ErrorCode.None;
            answers.Add(answer);
        }

        return new() { Name = topic.Name, TopicId = topic.TopicId, PartitionResponses = answers };
    }

    private static (ErrorCode Error, string? Message) CheckTopic(RequestContext context, ProduceRequest request, ProduceRequest.TopicProduceData topic, TopicImage? known)
    {
        if (known is null && context.ApiVersion >= TopicIdVersion)
        {
            return (ErrorCode.UnknownTopicId, null);
        }

        var name = known?.Name ?? topic.Name.Value;
        if (!context.May(AclOperation.Write, ResourceType.Topic, name))
        {
            return (ErrorCode.TopicAuthorizationFailed, null);
        }

        if (known is null)
        {
            return (ErrorCode.UnknownTopicOrPartition, null);
        }

        if (request.Acks is not (-1 or 0 or 1))
        {
            return (ErrorCode.InvalidRequiredAcks, null);
        }

        return TopicNames.IsInternal(name) && context.ClientId != AdminClientId
            ? (ErrorCode.InvalidTopicException, $"Cannot append to internal topic {name}")
            : (ErrorCode.None, null);
    }

    private ProduceResponse.PartitionProduceResponse Append(
        RequestContext context,
        ProduceRequest request,
        TopicImage topic,
        ProduceRequest.PartitionProduceData data,
        ProduceVerification? verification,
        ProduceResponse response,
        ref List<PendingAck>? pending)
    {
        var verified = verification?.Of(new TopicPartition(topic.Name, data.Index)) ?? default;
        if (verified.Error != ErrorCode.None)
        {
            return WithLeader(context, Failed(data.Index, verified.Error, verified.Message), topic, response);
        }

        var partition = replicas.Find(topic.Name, data.Index, out var error);
        if (partition is null)
        {
            return WithLeader(context, Failed(data.Index, error, null), topic, response);
        }

        var sent = data.Records ?? default;
        error = RecordValidator.CheckProduceRequest(sent.Span, context.ApiVersion, out var sizeBytes, out var message);
        if (error != ErrorCode.None)
        {
            return Failed(data.Index, error, message);
        }

        // The batch is patched where it lies: the frame belongs to this request alone. What follows it and is no whole batch is dropped, as in Kafka.
        var records = MemoryMarshal.AsMemory(sent)[..sizeBytes];
        var result = partition.AppendAsLeader(records, AppendOrigin.Client, request.Acks, verified.Guard);
        if (result.Error != ErrorCode.None)
        {
            return WithLeader(context, Refused(data.Index, result), topic, response);
        }

        var answer = new ProduceResponse.PartitionProduceResponse
        {
            Index = data.Index,
            BaseOffset = result.FirstOffset,
            LogAppendTimeMs = result.LogAppendTimeMs,
            LogStartOffset = result.LogStartOffset,
        };
        var isSynced = result.IsFlushDue || partition.MustSync(request.Acks);
        if (PendingAck.IsNeeded(partition, result.LastOffset + 1, request.Acks, isSynced))
        {
            (pending ??= []).Add(new PendingAck(partition, result.LastOffset + 1, request.Acks, isSynced, answer));
        }

        return answer;
    }

    private static ProduceResponse.PartitionProduceResponse Refused(int index, in AppendResult result)
    {
        var answer = Failed(index, result.Error, result.ErrorMessage);
        answer.LogStartOffset = result.LogStartOffset;
        foreach (var record in result.RecordErrors ?? [])
        {
            answer.RecordErrors.Add(new() { BatchIndex = record.BatchIndex, BatchIndexErrorMessage = record.Message });
        }

        return answer;
    }

    /// <summary>From v10 on a client that asked the wrong node is told whom to ask.</summary>
    private ProduceResponse.PartitionProduceResponse WithLeader(
        RequestContext context, ProduceResponse.PartitionProduceResponse answer, TopicImage topic, ProduceResponse response)
    {
        if (context.ApiVersion >= 10 && answer.ErrorCode == ErrorCode.NotLeaderOrFollower && topic.Partition(answer.Index) is { } partition)
        {
            answer.CurrentLeader.LeaderId = partition.Leader;
            answer.CurrentLeader.LeaderEpoch = partition.LeaderEpoch;
            if (loader.Image.Cluster.Broker(partition.Leader) is { } broker && broker.Listener(context.Listener.Name) is { } endpoint
                && !response.NodeEndpoints.Exists(node => node.NodeId == broker.Id))
            {
                response.NodeEndpoints.Add(new() { NodeId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack });
            }
        }

        return answer;
    }

    private async ValueTask<ProduceResponse?> WaitAsync(int timeoutMs, ProduceResponse response, List<PendingAck> pending)
    {
        var signal = new ChangeSignal();
        foreach (var ack in pending)
        {
            ack.Partition.AddWaiter(signal);
        }

        wheel.Add(signal, timeoutMs);
        var inTime = true;
        while (inTime && pending.Exists(ack => !ack.IsSettled))
        {
            inTime = await signal.WaitAsync();
        }

        wheel.Remove(signal);
        foreach (var ack in pending)
        {
            ack.Partition.RemoveWaiter(signal);
            ack.Settle();
        }

        return response;
    }
}
