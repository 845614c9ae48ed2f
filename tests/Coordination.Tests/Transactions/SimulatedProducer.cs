using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Coordination.Tests;

/// <summary>
/// One instance of a transactional producer in the simulation: what it believes. Requests are sent again until they are answered, as clients do; several instances may share a transactional
/// id, and fence each other.
/// </summary>
internal sealed class SimulatedProducer(TransactionRig rig, string transactionalId, short version)
{
    private readonly Dictionary<TopicPartition, int> _sequences = [];
    private readonly HashSet<TopicPartition> _added = [];

    public string TransactionalId => transactionalId;

    public short Version => version;

    public ProducerIdAndEpoch Producer { get; private set; } = new(-1, -1);

    public bool IsReady => Producer.Epoch >= 0;

    public bool HasOpenTransaction => _added.Count > 0;

    /// <summary>The decision that it has sent, as long as it has no answer.</summary>
    public bool? Ending { get; private set; }

    /// <summary>Begins anew; with <paramref name="continues"/> it names what it had (KIP-360).</summary>
    public void Initialize(bool continues, bool loses)
    {
        var expected = continues && IsReady ? Producer : default(ProducerIdAndEpoch?);
        var request = rig.Begin(rig.Coordinator.InitProducerIdAsync(transactionalId, 2000, expected));
        if (request.IsCompleted && !loses && request.Result.Error == ErrorCode.None)
        {
            Take(new(request.Result.ProducerId, request.Result.ProducerEpoch));
        }
    }

    /// <summary>Makes a partition part of the transaction: itself under version 1, by the partition's leader under version 2. False when it may not be written now.</summary>
    public bool Add(TopicPartition partition, bool loses, out VerificationGuard guard)
    {
        guard = VerificationGuard.None;
        if (version < 2 && !_added.Contains(partition))
        {
            var request = rig.Begin(rig.Coordinator.AddPartitionsAsync(transactionalId, Producer.ProducerId, Producer.Epoch, [partition], 0));
            if (loses || !IsFine(request))
            {
                return false;
            }
        }

        _added.Add(partition);
        guard = rig.Logs[partition].BeginVerification(Producer.ProducerId, NextSequence(partition), Producer.Epoch, supportsEpochBump: version >= 2);
        if (guard == VerificationGuard.None)
        {
            return true;
        }

        if (version >= 2)
        {
            return IsFine(rig.Begin(rig.Coordinator.AddPartitionsAsync(transactionalId, Producer.ProducerId, Producer.Epoch, [partition], 2)));
        }

        var verified = rig.Begin(rig.Coordinator.VerifyAsync(transactionalId, Producer.ProducerId, Producer.Epoch, [partition]));
        return verified.IsCompletedSuccessfully && verified.Result[partition] == ErrorCode.None;
    }

    public int NextSequence(TopicPartition partition) => _sequences.GetValueOrDefault(partition);

    /// <summary>The partition has the batch of the next sequence.</summary>
    public void OnAppended(TopicPartition partition) => _sequences[partition] = NextSequence(partition) + 1;

    /// <summary>Commits or aborts, or sends the decision again whose answer was lost.</summary>
    public void End(bool commit, bool loses)
    {
        Ending ??= commit;
        var request = rig.Begin(rig.Coordinator.EndAsync(transactionalId, Producer.ProducerId, Producer.Epoch, Ending.Value, version));
        if (!request.IsCompleted || loses)
        {
            return;
        }

        var result = request.Result;
        if (result.Error == ErrorCode.None)
        {
            Take(version >= 2 ? new(result.ProducerId, result.ProducerEpoch) : Producer);
        }
        else if (result.Error is ErrorCode.ProducerFenced or ErrorCode.InvalidTxnState or ErrorCode.InvalidProducerIdMapping)
        {
            Producer = new(-1, -1);
            Ending = null;
        }
    }

    private static bool IsFine(Task<ErrorCode> request) => request.IsCompletedSuccessfully && request.Result == ErrorCode.None;

    private void Take(ProducerIdAndEpoch producer)
    {
        if (producer != Producer)
        {
            _sequences.Clear();
        }

        Producer = producer;
        Ending = null;
        _added.Clear();
    }
}
