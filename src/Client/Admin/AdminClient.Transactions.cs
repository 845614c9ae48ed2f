using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Transactions: looking at them, and ending those that hang (KIP-664).</summary>
public sealed partial class AdminClient
{
    /// <summary>The transactional ids of the cluster, by id. All brokers are asked; when one of them fails, so does this.</summary>
    /// <exception cref="KafkaException">A broker did not answer in time, or refused; see <see cref="ListTransactionsByBrokerAsync"/> for what the others say.</exception>
    public async Task<IReadOnlyList<TransactionListing>> ListTransactionsAsync(ListTransactionsOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyDictionary<int, AdminResult<IReadOnlyList<TransactionListing>>> brokers = await ListTransactionsByBrokerAsync(options, cancellationToken).ConfigureAwait(false);
        return [.. brokers.Values.SelectMany(listings => listings.Value).OrderBy(listing => listing.TransactionalId, StringComparer.Ordinal)];
    }

    /// <summary>The transactional ids that each broker coordinates, or why it does not tell.</summary>
    public async Task<IReadOnlyDictionary<int, AdminResult<IReadOnlyList<TransactionListing>>>> ListTransactionsByBrokerAsync(
        ListTransactionsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ListTransactionsOptions();
        ClusterView view = await _cluster.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync<int, IReadOnlyList<TransactionListing>>(
            "listing transactions of broker",
            view.Brokers.Keys.Order(),
            (batch, asked, cancellation) => EachBrokerAsync(
                batch,
                asked,
                id => id,
                async (node, _) =>
                {
                    ListTransactionsResponse response = await AskNodeAsync<ListTransactionsResponse>(node, TransactionMessages.List(options), cancellation).ConfigureAwait(false);
                    if (response.ErrorCode == ErrorCode.CoordinatorLoadInProgress)
                    {
                        batch.Retry(node, response.ErrorCode);
                        return;
                    }

                    Settle(batch, node, response.ErrorCode, null, false, () => TransactionMessages.Read(response, node));
                },
                cancellation),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Describes transactional ids. TRANSACTIONAL_ID_NOT_FOUND is a result.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult<TransactionDescription>>> DescribeTransactionsAsync(
        IEnumerable<string> transactionalIds, CancellationToken cancellationToken = default) =>
        RunAsync<string, TransactionDescription>(
            "describing transactional id",
            transactionalIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Transaction,
                async (node, ids) =>
                {
                    DescribeTransactionsResponse response = await AskNodeAsync<DescribeTransactionsResponse>(
                        node, new DescribeTransactionsRequest { TransactionalIds = [.. ids.Select(id => new TransactionalId(id))] }, cancellation).ConfigureAwait(false);
                    foreach (DescribeTransactionsResponse.TransactionStateData transaction in response.TransactionStates)
                    {
                        SettleTransaction(batch, transaction.TransactionalId, transaction.ErrorCode, () => TransactionMessages.Read(transaction, node));
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>Ends a transaction in one partition behind the back of its coordinator. For transactions that hang because the coordinator does not know of them.</summary>
    /// <exception cref="KafkaException">It is as it was: INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED, CLUSTER_AUTHORIZATION_FAILED.</exception>
    public async Task AbortTransactionAsync(AbortTransactionSpec transaction, CancellationToken cancellationToken = default)
    {
        RoundClock clock = StartClock();
        IReadOnlyDictionary<TopicPartition, AdminResult> results = await RunAsync<TopicPartition>(
            "aborting the transaction in",
            [transaction.Partition],
            (batch, asked, cancellation) => EachLeaderAsync(
                batch,
                asked,
                clock,
                async (node, _) =>
                {
                    WriteTxnMarkersResponse response = await AskNodeAsync<WriteTxnMarkersResponse>(node, TransactionMessages.Abort(transaction), cancellation).ConfigureAwait(false);
                    foreach (WriteTxnMarkersResponse.WritableTxnMarkerTopicResult topic in response.Markers.SelectMany(marker => marker.Topics))
                    {
                        foreach (WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult partition in topic.Partitions)
                        {
                            SettleLed(batch, new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode, null, () => true);
                        }
                    }
                },
                cancellation),
            cancellationToken).ConfigureAwait(false);
        results[transaction.Partition].ThrowIfFailed();
    }

    /// <summary>Takes the place of all producers of transactional ids: their open transactions are aborted, and they can send no more.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult<FencedProducer>>> FenceProducersAsync(
        IEnumerable<string> transactionalIds, CancellationToken cancellationToken = default) =>
        RunAsync<string, FencedProducer>(
            "fencing producers of transactional id",
            transactionalIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Transaction,
                (node, ids) => Task.WhenAll(ids.Select(id => FenceAsync(batch, node, id, cancellation))),
                cancellation),
            cancellationToken);

    /// <summary>Aborts the open transaction of a transactional id through its coordinator, and fences its producer (KIP-939).</summary>
    /// <exception cref="KafkaException">It is as it was: TRANSACTIONAL_ID_AUTHORIZATION_FAILED and so on.</exception>
    public async Task ForceTerminateTransactionAsync(string transactionalId, CancellationToken cancellationToken = default) =>
        (await FenceProducersAsync([transactionalId], cancellationToken).ConfigureAwait(false))[transactionalId].ThrowIfFailed();

    private async Task FenceAsync(AdminBatch<string, FencedProducer> batch, int node, string transactionalId, CancellationToken cancellationToken)
    {
        var request = new InitProducerIdRequest { TransactionalId = new TransactionalId(transactionalId), TransactionTimeoutMs = TimeoutMs };
        InitProducerIdResponse response = await AskNodeAsync<InitProducerIdResponse>(node, request, cancellationToken).ConfigureAwait(false);
        SettleTransaction(batch, transactionalId, response.ErrorCode, () => new FencedProducer(response.ProducerId, response.ProducerEpoch));
    }

    private void SettleTransaction<TValue>(AdminBatch<string, TValue> batch, string transactionalId, ErrorCode error, Func<TValue> value)
    {
        if (error == ErrorCode.None)
        {
            batch.Succeed(transactionalId, value());
        }
        else if (IsCoordinatorMoving(CoordinatorType.Transaction, transactionalId, error) || error == ErrorCode.ConcurrentTransactions)
        {
            batch.Retry(transactionalId, error);
        }
        else
        {
            batch.Fail(transactionalId, error);
        }
    }
}
