using Moldau.Broker.Producing;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Broker;

/// <summary>Produce requests with records of a transaction (KIP-98, KIP-890).</summary>
internal sealed partial class ProduceHandler
{
    /// <summary>Asks the coordinator about the partitions that do not have the transaction open already, then appends. The connection's next request waits meanwhile, so that nothing overtakes.</summary>
    private ValueTask AppendVerifiedAsync(RequestContext context, ProduceOperation operation, TransactionalId transactionalId)
    {
        var support = TransactionVerifier.OfProduce(context.ApiVersion);
        var unverified = new List<TopicPartition>();
        var producerId = default(ProducerId?);
        var producerEpoch = default(short);
        foreach (ref readonly var topic in operation.Topics)
        {
            if (CheckTopic(context, operation.Acks, in topic).Error != ErrorCode.None)
            {
                continue;
            }

            foreach (ref var partition in operation.Partitions.Slice(topic.FirstPartition, topic.PartitionCount))
            {
                if (partition.Records.Length < RecordBatchLayout.HeaderBytes || new RecordBatchHeader(partition.Records.Span) is not { IsTransactional: true } header)
                {
                    continue;
                }

                if (producerId is { } other && other != header.ProducerId)
                {
                    return Refuse(operation, ErrorCode.InvalidProducerIdMapping, "Transactional records contained more than one producer ID");
                }

                producerId = header.ProducerId;
                producerEpoch = header.ProducerEpoch;
                if (BeginVerification(ref partition, header, support))
                {
                    unverified.Add(new TopicPartition(topic.Known!.Name, partition.Index));
                }
            }
        }

        return unverified.Count == 0 ? AppendAsync(context, operation) : AskAsync(context, operation, transactionalId, producerId!.Value, producerEpoch, unverified, support);
    }

    private static ValueTask Refuse(ProduceOperation operation, ErrorCode error, string message)
    {
        if (operation.Acks != 0)
        {
            operation.FailAll(error, message);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>True when the coordinator is to be asked: the append brings the guard then.</summary>
    private bool BeginVerification(ref ProducePartition partition, in RecordBatchHeader header, TransactionSupport support)
    {
        if (partition.Replica is not { } replica || !verifier.IsNeeded(support))
        {
            // The append tells of a partition that is not here.
            return false;
        }

        partition.Error = replica.BeginVerification(header.ProducerId, header.ProducerEpoch, header.BaseSequence, support == TransactionSupport.Implicit, out var guard);
        partition.Guard = guard;
        return partition.Error == ErrorCode.None && guard != default;
    }

    private async ValueTask AskAsync(
        RequestContext context,
        ProduceOperation operation,
        TransactionalId transactionalId,
        ProducerId producerId,
        short producerEpoch,
        List<TopicPartition> unverified,
        TransactionSupport support)
    {
        var answers = await verifier.AskPatientlyAsync(transactionalId, producerId, producerEpoch, unverified, support);
        Take(operation, answers, support);
        await AppendAsync(context, operation);
    }

    private static void Take(ProduceOperation operation, IReadOnlyDictionary<TopicPartition, ErrorCode> answers, TransactionSupport support)
    {
        foreach (ref readonly var topic in operation.Topics)
        {
            foreach (ref var partition in operation.Partitions.Slice(topic.FirstPartition, topic.PartitionCount))
            {
                if (topic.Known is { } known && answers.TryGetValue(new TopicPartition(known.Name, partition.Index), out var error) && error != ErrorCode.None)
                {
                    (partition.Error, partition.ErrorMessage) = ForProducer(error, support);
                }
            }
        }
    }

    /// <summary>
    /// What a producer makes the best of: where coming again is right, NOT_ENOUGH_REPLICAS, which old clients know and which does not make them ask for metadata.
    /// </summary>
    private static (ErrorCode Error, string? Message) ForProducer(ErrorCode error, TransactionSupport support) => error switch
    {
        ErrorCode.InvalidTxnState => (error, "Partition was not added to the transaction"),
        ErrorCode.NetworkException or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator => Unable(error),
        ErrorCode.ConcurrentTransactions when support != TransactionSupport.Implicit => Unable(error),
        _ => (error, null),
    };

    private static (ErrorCode Error, string? Message) Unable(ErrorCode error) =>
        (ErrorCode.NotEnoughReplicas, $"Unable to verify the partition has been added to the transaction. Underlying error: {error.KafkaName()}");
}
