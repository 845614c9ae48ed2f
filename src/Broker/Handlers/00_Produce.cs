using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Moldau.Broker.Producing;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// Produce v3 to v13: appends one batch per partition. v7 allows zstd, v8 tells which records were refused (KIP-467), v10 names the new leader (KIP-951), v11 knows TRANSACTION_ABORTABLE and
/// v12 has the broker add partitions to transactions (KIP-890), v13 names topics by id (KIP-516).
/// Stage one is over when all batches are in the logs; with acks=all the answer waits for the high watermark, and where the topic's durability asks for it for the group commit.
/// A request that is appended as it came and waits for nothing allocates nothing, and is served on the connection's thread; what takes long goes to a worker.
/// </summary>
internal sealed partial class ProduceHandler(MetadataLoader loader, ReplicaManager replicas, TransactionVerifier verifier, TimingWheel wheel, IWorkers workers) : RequestHandler(ApiKey.Produce)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.Topic),
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId, "with a transactional id"));

    /// <summary>The client id of Kafka's own tools, which alone may write to internal topics.</summary>
    private const string AdminClientId = "__admin_client";

    private const short LeaderVersion = 10;
    private const short TopicIdVersion = 13;

    private readonly Utf8Names _names = new();

    public override AuthorizationRequirement Authorization => Required;

    public override bool KeepsNothing => true;

    /// <summary>The records stay in the frame; what is decoded beside them is small.</summary>
    public override long EstimateMemoryBytes(int frameBytes) => frameBytes + 1024;

    /// <inheritdoc />
    public override ValueTask<OutgoingFrame?> RespondAsync(RequestContext context)
    {
        var operation = ProduceOperation.Rent();
        operation.Read(context.Body, context.ApiVersion, loader.Image.Topics, replicas, _names);

        // Not here, where sockets are polled.
        return operation.TakesLong ? OnWorkerAsync(context, operation) : RespondAsync(context, operation);
    }

    /// <inheritdoc />
    public override OutgoingFrame Refuse(RequestContext context, ErrorCode error)
    {
        var operation = ProduceOperation.Rent();
        operation.Read(context.Body, context.ApiVersion, loader.Image.Topics, replicas, _names);
        var answer = Refuse(context, operation, error);
        operation.Return();
        return answer;
    }

    private ValueTask<OutgoingFrame?> OnWorkerAsync(RequestContext context, ProduceOperation operation) =>
        new(workers.CallAsync(() => RespondAsync(context, operation).AsTask()).Unwrap());

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails is logged and answered, the others go on.")]
    private ValueTask<OutgoingFrame?> RespondAsync(RequestContext context, ProduceOperation operation)
    {
        try
        {
            var serving = ServeAsync(context, operation);
            return serving.IsCompletedSuccessfully ? new(Answer(context, operation)) : FinishAsync(context, operation, serving);
        }
        catch (Exception failure) when (context.IsUnexpected(failure))
        {
            return new(Refuse(context, operation, ErrorCode.UnknownServerError));
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The boundary of a request: one that fails is logged and answered, the others go on.")]
    private static async ValueTask<OutgoingFrame?> FinishAsync(RequestContext context, ProduceOperation operation, ValueTask serving)
    {
        try
        {
            await serving;
            return Answer(context, operation);
        }
        catch (Exception failure) when (context.IsUnexpected(failure))
        {
            return Refuse(context, operation, ErrorCode.UnknownServerError);
        }
    }

    private static OutgoingFrame? Answer(RequestContext context, ProduceOperation operation)
    {
        var throttleMs = context.Throttle();
        var answer = operation.Acks == 0 ? null : operation.Encode(context, throttleMs);
        operation.Return();
        return answer;
    }

    private static OutgoingFrame Refuse(RequestContext context, ProduceOperation operation, ErrorCode error)
    {
        if (operation.Acks == 0)
        {
            throw new ProtocolException("a produce request with acks=0 failed, and closing the connection is the only way to say so");
        }

        operation.FailAll(error, error.Message());
        return operation.Encode(context, throttleMs: 0);
    }

    private ValueTask ServeAsync(RequestContext context, ProduceOperation operation)
    {
        if (!operation.IsTransactional)
        {
            return AppendAsync(context, operation);
        }

        if (operation.TransactionalId is { } id && context.May(AclOperation.Write, ResourceType.TransactionalId, id))
        {
            return AppendVerifiedAsync(context, operation, id);
        }

        if (operation.Acks == 0)
        {
            throw new ProtocolException("a produce request with acks=0 is not authorized for its transactional id, and closing the connection is the only way to say so");
        }

        operation.FailAll(ErrorCode.TransactionalIdAuthorizationFailed, message: null);
        return ValueTask.CompletedTask;
    }

    private ValueTask AppendAsync(RequestContext context, ProduceOperation operation)
    {
        var failed = false;
        var isPending = false;
        foreach (ref readonly var topic in operation.Topics)
        {
            var (error, message) = CheckTopic(context, operation.Acks, in topic);
            foreach (ref var partition in operation.Partitions.Slice(topic.FirstPartition, topic.PartitionCount))
            {
                if (error != ErrorCode.None)
                {
                    partition.Fail(error, message);
                }
                else
                {
                    Append(context, operation, topic.Known!, ref partition);
                }

                failed |= partition.Error != ErrorCode.None;
                isPending |= partition.IsPending;
            }
        }

        context.Record(QuotaKind.Produce, context.Body.Length);
        if (operation.Acks == 0)
        {
            return failed ? throw new ProtocolException("a produce request with acks=0 failed, and closing the connection is the only way to say so") : ValueTask.CompletedTask;
        }

        return isPending ? WaitAsync(context, operation) : ValueTask.CompletedTask;
    }

    private static (ErrorCode Error, string? Message) CheckTopic(RequestContext context, short acks, in ProduceTopic topic)
    {
        if (topic.Known is null && context.ApiVersion >= TopicIdVersion)
        {
            return (ErrorCode.UnknownTopicId, null);
        }

        var name = topic.Known?.Name ?? topic.Name;
        if (!context.May(AclOperation.Write, ResourceType.Topic, name))
        {
            return (ErrorCode.TopicAuthorizationFailed, null);
        }

        if (topic.Known is null)
        {
            return (ErrorCode.UnknownTopicOrPartition, null);
        }

        if (acks is not (-1 or 0 or 1))
        {
            return (ErrorCode.InvalidRequiredAcks, null);
        }

        return TopicNames.IsInternal(name) && context.ClientId != AdminClientId
            ? (ErrorCode.InvalidTopicException, $"Cannot append to internal topic {name}")
            : (ErrorCode.None, null);
    }

    private void Append(RequestContext context, ProduceOperation operation, TopicImage topic, ref ProducePartition partition)
    {
        if (partition.Error != ErrorCode.None)
        {
            // It is not here, or its transaction's coordinator refused it.
            partition.Fail(partition.Error, partition.ErrorMessage);
            AddLeader(context, operation, topic, ref partition);
            return;
        }

        var error = RecordValidator.CheckProduceRequest(partition.Records.Span, context.ApiVersion, out var sizeBytes, out var message);
        if (error != ErrorCode.None)
        {
            partition.Fail(error, message);
            return;
        }

        // The batch is patched where it lies: the frame belongs to this request alone. What follows it and is no whole batch is dropped, as in Kafka.
        var records = MemoryMarshal.AsMemory(partition.Records)[..sizeBytes];
        partition.Take(partition.Replica!.AppendAsLeader(records, AppendOrigin.Client, operation.Acks, partition.Guard), operation.Acks);
        if (partition.Error != ErrorCode.None)
        {
            AddLeader(context, operation, topic, ref partition);
        }
    }

    /// <summary>From v10 on a client that asked the wrong node is told whom to ask.</summary>
    private void AddLeader(RequestContext context, ProduceOperation operation, TopicImage topic, ref ProducePartition partition)
    {
        if (context.ApiVersion >= LeaderVersion && partition.Error == ErrorCode.NotLeaderOrFollower && topic.Partition(partition.Index) is { } registration)
        {
            operation.AddLeader(ref partition, registration, loader.Image.Cluster, context.Listener.Name);
        }
    }

    private async ValueTask WaitAsync(RequestContext context, ProduceOperation operation)
    {
        context.MarkDispatched();
        context.ReleaseFrame();
        var signal = new ChangeSignal();
        foreach (ref readonly var partition in operation.Partitions)
        {
            if (partition.IsPending)
            {
                partition.Replica!.AddWaiter(signal);
            }
        }

        wheel.Add(signal, operation.TimeoutMs);
        var inTime = true;
        while (inTime && !IsSettled(operation))
        {
            inTime = await signal.WaitAsync();
        }

        wheel.Remove(signal);
        foreach (ref var partition in operation.Partitions)
        {
            if (partition.IsPending)
            {
                partition.Replica!.RemoveWaiter(signal);
                partition.Settle(operation.Acks);
            }
        }
    }

    private static bool IsSettled(ProduceOperation operation)
    {
        foreach (ref readonly var partition in operation.Partitions)
        {
            if (partition.IsPending && !partition.IsSettled(operation.Acks))
            {
                return false;
            }
        }

        return true;
    }
}
