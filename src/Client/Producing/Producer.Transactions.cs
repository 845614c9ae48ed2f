using Moldau.Core;

namespace Moldau.Client;

/// <content>Transactions: of a producer with a <see cref="ProducerOptions.TransactionalId"/>. Only one task may make these calls at a time; any may send records meanwhile.</content>
public sealed partial class Producer
{
    private TransactionManager Transactions => _transactions
        ?? throw new InvalidOperationException($"transactions need {nameof(ProducerOptions)}.{nameof(ProducerOptions.TransactionalId)} (transactional.id)");

    /// <summary>Must be called once before the first transaction: fences other producers of the transactional id and ends what they left open.</summary>
    /// <exception cref="TransactionException">The id may not be used.</exception>
    /// <exception cref="KafkaException">REQUEST_TIMED_OUT after <see cref="ProducerOptions.MaxBlock"/>: call it again.</exception>
    public Task InitTransactionsAsync(CancellationToken cancellationToken = default) => Transactions.InitAsync(cancellationToken);

    /// <summary>Opens a transaction: records that are sent from now on belong to it.</summary>
    /// <exception cref="InvalidOperationException">One is open, or <see cref="InitTransactionsAsync"/> was not called.</exception>
    public void BeginTransaction() => Transactions.Begin();

    /// <summary>Commits offsets that were consumed, along with the transaction: consume, transform and produce exactly once. The consumer must not commit itself.</summary>
    /// <param name="offsets">For each partition the offset of the next record to read.</param>
    /// <param name="group">The consumer's group, as the consumer knows itself.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TransactionException">Abort the transaction, or dispose the producer when it is fatal.</exception>
    public Task SendOffsetsToTransactionAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, ConsumerGroupMetadata group, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(group);
        return Transactions.SendOffsetsAsync(offsets, group, cancellationToken);
    }

    /// <summary>Sends what waits and commits.</summary>
    /// <exception cref="TransactionException">A record failed: abort; or the producer was fenced: dispose it.</exception>
    /// <exception cref="KafkaException">REQUEST_TIMED_OUT: whether it is committed is not known; call it again.</exception>
    public async Task CommitTransactionAsync(CancellationToken cancellationToken = default)
    {
        // Given to the producer while the transaction was open, they belong to it.
        await _accumulator.WaitForLinesAsync(cancellationToken).ConfigureAwait(false);
        await Transactions.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives up what was not sent and aborts. A transaction that has failed is mended by this: the next one may begin.</summary>
    /// <exception cref="TransactionException">The producer was fenced: dispose it.</exception>
    /// <exception cref="KafkaException">REQUEST_TIMED_OUT: call it again.</exception>
    public Task AbortTransactionAsync(CancellationToken cancellationToken = default) => Transactions.AbortAsync(cancellationToken);
}
