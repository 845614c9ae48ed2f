using Moldau.Core;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

/// <summary>The records of <c>__transaction_state</c>, as Apache Kafka writes and reads them. Stateless.</summary>
public static class TransactionLog
{
    /// <summary>From transaction.version 1 on the values have tagged fields.</summary>
    private static short ValueVersion(short transactionVersion) => transactionVersion >= 1 ? (short)1 : (short)0;

    /// <summary>The record that makes <paramref name="metadata"/> the state of its id, in the version that <paramref name="transactionVersion"/>, the feature, allows.</summary>
    public static CoordinatorRecord Record(TransactionMetadata metadata, short transactionVersion)
    {
        Invariant.That(metadata.ProducerEpoch >= 0 && metadata.ProducerId >= 0, "what is written has a producer id and an epoch");
        var version = ValueVersion(transactionVersion);
        var value = new TransactionLogValue
        {
            ProducerId = metadata.ProducerId,
            ProducerEpoch = metadata.ProducerEpoch,
            TransactionTimeoutMs = metadata.TimeoutMs,
            TransactionStatus = (sbyte)metadata.State,
            TransactionPartitions = metadata.State == TransactionState.Empty ? null : Partitions(metadata.Partitions),
            TransactionLastUpdateTimestampMs = metadata.LastUpdateTimestampMs,
            TransactionStartTimestampMs = metadata.StartTimestampMs,
        };
        if (version >= 1)
        {
            value.PreviousProducerId = metadata.PreviousProducerId;
            value.NextProducerId = metadata.NextProducerId;
            value.ClientTransactionVersion = metadata.ClientTransactionVersion;
        }

        return new CoordinatorRecord(new TransactionLogKey { TransactionalId = metadata.TransactionalId }, value, version);
    }

    /// <summary>The record that forgets a transactional id.</summary>
    public static CoordinatorRecord Tombstone(TransactionalId transactionalId) => CoordinatorRecord.Tombstone(new TransactionLogKey { TransactionalId = transactionalId });

    /// <summary>What a value says. What lives in memory alone has its default.</summary>
    public static TransactionMetadata Read(TransactionalId transactionalId, TransactionLogValue value)
    {
        var partitions = new HashSet<TopicPartition>();
        foreach (var topic in value.TransactionPartitions ?? [])
        {
            foreach (var index in topic.PartitionIds)
            {
                partitions.Add(new TopicPartition(topic.Topic, index));
            }
        }

        return new TransactionMetadata
        {
            TransactionalId = transactionalId,
            ProducerId = value.ProducerId,
            PreviousProducerId = value.PreviousProducerId,
            NextProducerId = value.NextProducerId,
            ProducerEpoch = value.ProducerEpoch,
            TimeoutMs = value.TransactionTimeoutMs,
            State = (TransactionState)value.TransactionStatus,
            Partitions = partitions,
            StartTimestampMs = value.TransactionStartTimestampMs,
            LastUpdateTimestampMs = value.TransactionLastUpdateTimestampMs,
            ClientTransactionVersion = value.ClientTransactionVersion,
        };
    }

    private static List<TransactionLogValue.PartitionsSchema> Partitions(IReadOnlySet<TopicPartition> partitions)
    {
        var topics = new Dictionary<TopicName, TransactionLogValue.PartitionsSchema>();
        foreach (var partition in JavaSetOrder.Sort(partitions, JavaSetOrder.HashOf))
        {
            if (!topics.TryGetValue(partition.Topic, out var topic))
            {
                topic = new() { Topic = partition.Topic };
                topics.Add(partition.Topic, topic);
            }

            topic.PartitionIds.Add(partition.Partition);
        }

        return topics.Count < 2 ? [.. topics.Values] : [.. JavaSetOrder.Sort(topics.Values, topic => JavaSetOrder.HashOf(topic.Topic))];
    }
}
