using Moldau.Core;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of transactions and what callers see. Stateless; any thread.</summary>
internal static class TransactionMessages
{
    public static ListTransactionsRequest List(ListTransactionsOptions options) => new()
    {
        StateFilters = [.. options.States.Select(state => state.ToString())],
        ProducerIdFilters = [.. options.ProducerIds.Select(id => new ProducerId(id))],
        DurationFilter = options.RunningLongerThan is { } duration ? (long)duration.TotalMilliseconds : -1,
        TransactionalIdPattern = string.IsNullOrEmpty(options.TransactionalIdPattern) ? null : options.TransactionalIdPattern,
    };

    public static IReadOnlyList<TransactionListing> Read(ListTransactionsResponse response, int node) =>
        [.. response.TransactionStates.Select(transaction => new TransactionListing(transaction.TransactionalId, transaction.ProducerId, State(transaction.TransactionState), node))];

    public static TransactionDescription Read(DescribeTransactionsResponse.TransactionStateData transaction, int node) => new(
        transaction.TransactionalId,
        node,
        State(transaction.TransactionState),
        transaction.ProducerId,
        transaction.ProducerEpoch,
        TimeSpan.FromMilliseconds(transaction.TransactionTimeoutMs),
        PartitionMessages.Time(transaction.TransactionStartTimeMs),
        [.. transaction.Topics.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))]);

    public static WriteTxnMarkersRequest Abort(AbortTransactionSpec transaction) => new()
    {
        Markers =
        [
            new WriteTxnMarkersRequest.WritableTxnMarker
            {
                ProducerId = transaction.ProducerId,
                ProducerEpoch = transaction.ProducerEpoch,
                CoordinatorEpoch = transaction.CoordinatorEpoch,
                TransactionResult = false,
                Topics = [new WriteTxnMarkersRequest.WritableTxnMarkerTopic { Name = transaction.Partition.Topic, PartitionIndexes = [transaction.Partition.Partition] }],
            },
        ],
    };

    private static TransactionState State(string text) => Enum.TryParse(text, true, out TransactionState state) ? state : TransactionState.Unknown;
}
