using System.Collections.Frozen;
using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// What the coordinator knows of one transactional id. Immutable: each record that is replayed makes a new one, so that a failed append only has to bring back the one before.
/// </summary>
public sealed record TransactionMetadata
{
    /// <summary>The highest epoch that a producer is given is one below this, so that it can always be fenced.</summary>
    private const short LastEpoch = short.MaxValue;

    private static readonly IReadOnlySet<TopicPartition> NoPartitions = FrozenSet<TopicPartition>.Empty;

    public required TransactionalId TransactionalId { get; init; }

    public required ProducerId ProducerId { get; init; }

    /// <summary>The producer id before the last transition; another one than <see cref="ProducerId"/> when its epochs were used up. -1 for none.</summary>
    public ProducerId PreviousProducerId { get; init; } = -1;

    /// <summary>The id that takes over when the transaction is complete, as the epochs are used up; -1 for none.</summary>
    public ProducerId NextProducerId { get; init; } = -1;

    /// <summary>-1 before the first initialization is written.</summary>
    public required short ProducerEpoch { get; init; }

    /// <summary>The epoch before the last bump that its producer asked for, which tells a request that is sent again. In memory alone, as in Kafka; -1 for none.</summary>
    public short LastProducerEpoch { get; init; } = -1;

    public required int TimeoutMs { get; init; }

    public required TransactionState State { get; init; }

    public IReadOnlySet<TopicPartition> Partitions { get; init; } = NoPartitions;

    /// <summary>When the first partition was added, in ms since the epoch; -1 without a transaction.</summary>
    public long StartTimestampMs { get; init; } = -1;

    public required long LastUpdateTimestampMs { get; init; }

    /// <summary>The transaction.version that the client spoke in the last step: from 2 on each transaction has its own epoch (KIP-890).</summary>
    public short ClientTransactionVersion { get; init; }

    /// <summary>No epoch is left for this producer id.</summary>
    public bool IsEpochExhausted => IsExhausted(ProducerEpoch);

    /// <summary>The client decides its end itself, however long that takes (KIP-939).</summary>
    public bool IsTwoPhaseCommit => TimeoutMs == int.MaxValue;

    public static bool IsExhausted(short epoch) => epoch >= LastEpoch - 1;

    /// <summary>A transactional id that nobody has used; no record tells of it before it is initialized.</summary>
    public static TransactionMetadata New(TransactionalId transactionalId, ProducerId producerId, int timeoutMs, long nowMs) => new()
    {
        TransactionalId = transactionalId,
        ProducerId = producerId,
        ProducerEpoch = -1,
        TimeoutMs = timeoutMs,
        State = TransactionState.Empty,
        LastUpdateTimestampMs = nowMs,
    };

    /// <summary>The producer begins anew: under the next epoch, or under the one it has when that was given to the same request before.</summary>
    internal TransactionMetadata Initialize(short epoch, short lastEpoch, int timeoutMs, long nowMs) => this with
    {
        PreviousProducerId = ProducerId,
        ProducerEpoch = epoch,
        LastProducerEpoch = lastEpoch,
        TimeoutMs = timeoutMs,
        State = TransactionState.Empty,
        Partitions = NoPartitions,
        StartTimestampMs = -1,
        LastUpdateTimestampMs = nowMs,
    };

    /// <summary>The producer begins anew under another id, as the epochs of the old one are used up.</summary>
    internal TransactionMetadata Rotate(ProducerId producerId, bool remembersEpoch, int timeoutMs, long nowMs) =>
        Initialize(0, remembersEpoch ? ProducerEpoch : (short)-1, timeoutMs, nowMs) with { ProducerId = producerId };

    /// <summary>More partitions; the first ones begin the transaction.</summary>
    internal TransactionMetadata Add(IEnumerable<TopicPartition> partitions, short clientTransactionVersion, long nowMs) => this with
    {
        PreviousProducerId = ProducerId,
        State = TransactionState.Ongoing,
        Partitions = new HashSet<TopicPartition>(Partitions.Concat(partitions)),
        StartTimestampMs = State.IsIdle() ? nowMs : StartTimestampMs,
        LastUpdateTimestampMs = nowMs,
        ClientTransactionVersion = clientTransactionVersion,
    };

    /// <summary>
    /// The decision. Under version 2 the epoch rises with it, so that nothing of this transaction can touch the next one; in the last epoch there is, an abort stays in it.
    /// </summary>
    internal TransactionMetadata Prepare(bool commit, short clientTransactionVersion, ProducerId nextProducerId, long nowMs)
    {
        var bumps = clientTransactionVersion >= 2;
        return this with
        {
            PreviousProducerId = ProducerId,
            NextProducerId = nextProducerId,
            ProducerEpoch = bumps && ProducerEpoch != LastEpoch ? (short)(ProducerEpoch + 1) : ProducerEpoch,
            LastProducerEpoch = bumps ? ProducerEpoch : LastProducerEpoch,
            State = commit ? TransactionState.PrepareCommit : TransactionState.PrepareAbort,
            StartTimestampMs = State.IsIdle() ? nowMs : StartTimestampMs,
            LastUpdateTimestampMs = nowMs,
            ClientTransactionVersion = clientTransactionVersion,
        };
    }

    /// <summary>Under version 1 a producer is fenced by the abort of its transaction under the next epoch.</summary>
    internal TransactionMetadata Fence() => this with
    {
        ProducerEpoch = ProducerEpoch == LastEpoch ? LastEpoch : (short)(ProducerEpoch + 1),
        LastProducerEpoch = -1,
    };

    /// <summary>All markers are written.</summary>
    internal TransactionMetadata Complete(long nowMs)
    {
        var rotates = ClientTransactionVersion >= 2 && NextProducerId >= 0;
        return this with
        {
            PreviousProducerId = ProducerId,
            ProducerId = rotates ? NextProducerId : ProducerId,
            NextProducerId = -1,
            ProducerEpoch = rotates ? (short)0 : ProducerEpoch,
            State = State == TransactionState.PrepareCommit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort,
            Partitions = NoPartitions,
            LastUpdateTimestampMs = nowMs,
        };
    }
}
