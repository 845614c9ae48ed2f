using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Broker;

/// <summary>Produce requests with records of a transaction (KIP-98, KIP-890).</summary>
internal sealed partial class ProduceHandler
{
    /// <summary>Asks the coordinator about the partitions that do not have the transaction open already, then appends. The connection's next request waits meanwhile, so that nothing overtakes.</summary>
    private ValueTask<ProduceResponse?> AppendVerifiedAsync(RequestContext context, ProduceRequest request, TransactionalId transactionalId)
    {
        var support = TransactionVerifier.OfProduce(context.ApiVersion);
        var verification = new ProduceVerification();
        var producerId = default(ProducerId?);
        var producerEpoch = default(short);
        foreach (var topic in request.TopicData)
        {
            var known = context.ApiVersion >= TopicIdVersion ? loader.Image.Topics.Find(topic.TopicId) : loader.Image.Topics.Find(topic.Name);
            if (CheckTopic(context, request, topic, known).Error != ErrorCode.None)
            {
                continue;
            }

            foreach (var data in topic.PartitionData)
            {
                if (data.Records is not { Length: >= RecordBatchLayout.HeaderBytes } records || new RecordBatchHeader(records.Span) is not { IsTransactional: true } header)
                {
                    continue;
                }

                if (producerId is { } other && other != header.ProducerId)
                {
                    return new(ErrorResponse(request, ErrorCode.InvalidProducerIdMapping, "Transactional records contained more than one producer ID"));
                }

                producerId = header.ProducerId;
                producerEpoch = header.ProducerEpoch;
                Begin(verification, new TopicPartition(known!.Name, data.Index), header, support);
            }
        }

        return verification.Unverified.Count == 0
            ? AppendAsync(context, request, verification)
            : AskAsync(context, request, transactionalId, producerId!.Value, producerEpoch, verification, support);
    }

    private void Begin(ProduceVerification verification, TopicPartition id, in RecordBatchHeader header, TransactionSupport support)
    {
        var partition = replicas.Find(id.Topic, id.Partition, out var error);
        if (partition is null || !verifier.IsNeeded(support))
        {
            // The append tells of a partition that is not here.
            return;
        }

        error = partition.BeginVerification(header.ProducerId, header.ProducerEpoch, header.BaseSequence, support == TransactionSupport.Implicit, out var guard);
        if (error != ErrorCode.None)
        {
            verification.Refuse(id, error, null);
        }
        else if (guard != default)
        {
            verification.Guard(id, guard);
        }
    }

    private async ValueTask<ProduceResponse?> AskAsync(
        RequestContext context,
        ProduceRequest request,
        TransactionalId transactionalId,
        ProducerId producerId,
        short producerEpoch,
        ProduceVerification verification,
        TransactionSupport support)
    {
        var answers = await verifier.AskPatientlyAsync(transactionalId, producerId, producerEpoch, verification.Unverified, support);
        foreach (var (partition, error) in answers)
        {
            if (error != ErrorCode.None)
            {
                var (told, message) = ForProducer(error, support);
                verification.Refuse(partition, told, message);
            }
        }

        return await AppendAsync(context, request, verification);
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
