namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>How long a transaction may outlive its timeout before it counts as hanging.</summary>
    private const long LateTransactionBufferMs = 5 * 60 * 1000;

    /// <summary>
    /// Before a transactional batch is verified with its coordinator: the guard that its append must bring. None when the transaction is open here already
    /// and needs no verification.
    /// </summary>
    public VerificationGuard BeginVerification(long producerId, int sequence, short epoch, bool supportsEpochBump)
    {
        lock (gate)
        {
            EnsureLoaded();
            return producers.Find(producerId) is { HasTransaction: true } entry && entry.ProducerEpoch == epoch
                ? VerificationGuard.None
                : producers.BeginVerification(producerId, sequence, epoch, supportsEpochBump, environment.NowMs);
        }
    }

    /// <summary>Whether the producer has a transaction of this epoch open here.</summary>
    public bool HasOngoingTransaction(long producerId, short epoch)
    {
        lock (gate)
        {
            EnsureLoaded();
            return producers.Find(producerId) is { HasTransaction: true } entry && entry.ProducerEpoch == epoch;
        }
    }

    /// <summary>The producers that are known, for DescribeProducers.</summary>
    public IReadOnlyList<ProducerStatus> ActiveProducers()
    {
        lock (gate)
        {
            EnsureLoaded();
            var list = new List<ProducerStatus>(producers.Producers.Count);
            foreach (var entry in producers.Producers.Values)
            {
                list.Add(new ProducerStatus(
                    entry.ProducerId, entry.ProducerEpoch, entry.LastSequence, entry.LastTimestamp, entry.CoordinatorEpoch,
                        entry.CurrentTransactionFirstOffset));
            }

            return list;
        }
    }

    /// <summary>Forgets producers that have been silent for producer.id.expiration.ms. Called from a timer.</summary>
    public void RemoveExpiredProducers()
    {
        if (!loaded)
        {
            return;
        }

        lock (gate)
        {
            if (loaded)
            {
                producers.RemoveExpired(environment.NowMs, config.ProducerIdExpirationMs);
            }
        }
    }

    /// <summary>Whether a transaction is open for much longer than transactions may be.</summary>
    public bool HasLateTransaction(long transactionTimeoutMsMax)
    {
        lock (gate)
        {
            var last = loaded ? producers.OldestTransactionLastTimestamp : -1;
            return last > 0 && environment.NowMs - last > transactionTimeoutMsMax + LateTransactionBufferMs;
        }
    }
}
