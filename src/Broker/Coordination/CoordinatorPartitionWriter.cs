using System.Collections.Concurrent;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>Writes the coordinators' partitions that this node leads. Any thread.</summary>
internal sealed class CoordinatorPartitionWriter(ReplicaManager replicas) : IPartitionWriter
{
    private readonly ConcurrentDictionary<(TopicPartition, IHighWatermarkListener), Registration> _registrations = new();
    private TransactionVerifier? _verifier;

    /// <summary>Gives who asks the coordinators of transactions, before transactional records are written.</summary>
    public void VerifyWith(TransactionVerifier verifier) => _verifier = verifier;

    /// <inheritdoc />
    public int MaxBatchBytes(TopicPartition partition) => Find(partition, out var error)?.Log.Config.MaxMessageBytes ?? throw NotHere(partition, error);

    /// <inheritdoc />
    public CoordinatorAppend Append(TopicPartition partition, object? verification, Memory<byte> batch, short transactionVersion)
    {
        if (Find(partition, out var error) is not { } here)
        {
            return new(error, -1);
        }

        var result = here.AppendAsLeader(batch, AppendOrigin.Coordinator, acks: -1, verification is VerificationGuard guard ? guard : default, transactionVersion);
        return new(result.Error, result.LastOffset + 1, result.ErrorMessage);
    }

    /// <inheritdoc />
    public async ValueTask<object?> BeginVerificationAsync(TopicPartition partition, string transactionalId, long producerId, short producerEpoch, short apiVersion)
    {
        var support = TransactionVerifier.OfTxnOffsetCommit(apiVersion);
        if (_verifier is not { } verifier || !verifier.IsNeeded(support))
        {
            return null;
        }

        if (Find(partition, out var error) is not { } here)
        {
            throw NotHere(partition, error);
        }

        error = here.BeginVerification(producerId, producerEpoch, RecordBatchLayout.NoSequence, support == TransactionSupport.Implicit, out var guard);
        if (error != ErrorCode.None)
        {
            throw NotHere(partition, error);
        }

        if (guard == default)
        {
            return null;
        }

        error = (await verifier.AskAsync(transactionalId, producerId, producerEpoch, [partition], support))[partition];
        return error == ErrorCode.None
            ? guard
            : throw new CoordinatorException(error, $"{partition} is not part of an open transaction of {transactionalId}, producer {producerId}, epoch {producerEpoch}: {error}");
    }

    /// <inheritdoc />
    public void AddListener(TopicPartition partition, IHighWatermarkListener listener)
    {
        if (Find(partition, out _) is { } here)
        {
            var registration = new Registration(here, listener);
            _registrations[(partition, listener)] = registration;
            here.AddWaiter(registration);
            registration.Tell();
        }
    }

    /// <inheritdoc />
    public void RemoveListener(TopicPartition partition, IHighWatermarkListener listener)
    {
        if (_registrations.TryRemove((partition, listener), out var registration))
        {
            registration.Partition.RemoveWaiter(registration);
        }
    }

    private Partition? Find(TopicPartition partition, out ErrorCode error) => replicas.Find(partition.Topic, partition.Partition, out error);

    private static CoordinatorException NotHere(TopicPartition partition, ErrorCode error) => new(error, $"{partition} cannot be written here: {error}");

    private sealed class Registration(Partition partition, IHighWatermarkListener listener) : PartitionWaiter
    {
        public Partition Partition => partition;

        public void Tell() => listener.OnHighWatermark(partition.Id, partition.Log.HighWatermark);

        protected override void OnPartitionChanged() => Tell();

        /// <summary>It waits for ever.</summary>
        protected override void OnDeadline()
        {
        }
    }
}
