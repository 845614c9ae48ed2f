using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Finds transactions that are open on a partition though their coordinator does not know of them: nobody will end them (KIP-664).</summary>
internal static class HangingTransactions
{
    /// <summary>What is open for longer than any transaction may be, and in no transaction of its producer.</summary>
    public static async Task<IReadOnlyList<HangingTransactionFacts>> FindAsync(Session session, IReadOnlyCollection<TopicPartition> partitions, TimeSpan longest, CancellationToken cancellationToken)
    {
        DateTimeOffset now = session.Context.Seams.Time.GetUtcNow();
        var producers = await session.Admin.DescribeProducersAsync(partitions, null, cancellationToken);
        List<(TopicPartition Partition, ProducerState Producer)> old =
        [
            .. producers.Where(entry => entry.Value.IsSuccess).SelectMany(entry => entry.Value.Value
                .Where(producer => producer.CurrentTransactionStartOffset is not null && now - (producer.LastTimestamp ?? DateTimeOffset.UnixEpoch) > longest)
                .Select(producer => (entry.Key, producer))),
        ];
        if (old.Count == 0)
        {
            return [];
        }

        var listed = await session.Admin.ListTransactionsAsync(new ListTransactionsOptions { ProducerIds = [.. old.Select(candidate => candidate.Producer.ProducerId).Distinct()] }, cancellationToken);
        var described = await session.Admin.DescribeTransactionsAsync(listed.Select(listing => listing.TransactionalId), cancellationToken);
        return
        [
            .. old.Where(candidate => !described.Values.Any(result => result.ValueOrDefault is { } transaction
                    && transaction.ProducerId == candidate.Producer.ProducerId && transaction.Partitions.Contains(candidate.Partition)))
                .Select(candidate => new HangingTransactionFacts(
                    candidate.Partition.Topic.Value, candidate.Partition.Partition.Value, candidate.Producer.ProducerId, candidate.Producer.CurrentTransactionStartOffset!.Value,
                    (long)(now - (candidate.Producer.LastTimestamp ?? now)).TotalMilliseconds)),
        ];
    }
}
