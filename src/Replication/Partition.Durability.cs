using Moldau.Configuration;
using Moldau.Records;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// What of this replica is on the device, and what waits for that. Where a record must be durable before it is acknowledged, it must be before it is read, too: the high watermark stays
/// below it until the group commit that covers it has ended.
/// </summary>
public sealed partial class Partition
{
    private volatile DurabilityMode _durability = DurabilityMode.Kafka;
    private int _appendsToSync;
    private long _syncDemand;

    /// <summary>The key durability of the topic.</summary>
    public DurabilityMode Durability
    {
        get => _durability;
        internal set
        {
            _durability = value;
            if (_role.IsLeader)
            {
                DemandSyncOfAll(_role);
                AdvanceHighWatermark(_role);
                _waiters.Wake();
            }
        }
    }

    /// <summary>Whether a record that a client sent with these acks must be on the device before it is acknowledged (or read).</summary>
    public bool MustSync(short acks) => MustSync(_role, acks);

    private bool MustSync(PartitionRole role, short acks) => _durability switch
    {
        DurabilityMode.Fsync => true,
        DurabilityMode.Auto => acks == -1 && role.Replicas.Length == 1,
        _ => false,
    };

    private AppendResult Append(Memory<byte> records, PartitionRole role, short acks, AppendOrigin origin, VerificationGuard guard, short transactionVersion)
    {
        if (MustSync(role, acks))
        {
            return AppendAndSync(records, role, origin, guard, transactionVersion);
        }

        var result = Log.AppendAsLeader(records, role.LeaderEpoch, origin, guard, transactionVersion);
        if (result.IsFlushDue)
        {
            DemandSync(result.LastOffset + 1, flush: true);
        }

        if (result.IsAppended && !result.IsDuplicate)
        {
            AdvanceHighWatermark(role);
            _waiters.Wake();
        }

        return result;
    }

    /// <summary>A batch that was sent again is synced too: the process that took it may have been killed before it had synced it.</summary>
    private AppendResult AppendAndSync(Memory<byte> records, PartitionRole role, AppendOrigin origin, VerificationGuard guard, short transactionVersion)
    {
        AppendResult result;
        Interlocked.Increment(ref _appendsToSync);
        try
        {
            result = Log.AppendAsLeader(records, role.LeaderEpoch, origin, guard, transactionVersion);
            if (result.IsAppended)
            {
                DemandSync(result.LastOffset + 1, result.IsFlushDue);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _appendsToSync);
        }

        AdvanceHighWatermark(role);
        _waiters.Wake();
        return result;
    }

    /// <summary>
    /// Up to where this replica counts for the high watermark: its log end, or what is durable as long as somebody waits for that. The log end is read first: an append that it
    /// includes has announced itself before.
    /// </summary>
    private LogOffsetMetadata CommittableEnd()
    {
        var logEnd = Log.LogEndOffsetMetadata;
        if (_durability != DurabilityMode.Fsync && Volatile.Read(ref _appendsToSync) == 0 && Volatile.Read(ref _syncDemand) <= Log.DurableEndOffset)
        {
            return logEnd;
        }

        var durable = Log.DurableEndOffsetMetadata;
        return durable.Offset < logEnd.Offset ? durable : logEnd;
    }

    private void DemandSync(long offset, bool flush)
    {
        if (Log.DurableEndOffset >= offset && !flush)
        {
            return;
        }

        var known = Volatile.Read(ref _syncDemand);
        while (known < offset)
        {
            var seen = Interlocked.CompareExchange(ref _syncDemand, offset, known);
            if (seen == known)
            {
                break;
            }

            known = seen;
        }

        Log.RequestSync(flush);
    }

    /// <summary>What a process before this one left in the page cache, and what was appended under another mode: nobody knows which of it was promised.</summary>
    private void DemandSyncOfAll(PartitionRole role)
    {
        if (MustSync(role, acks: -1))
        {
            DemandSync(Log.LogEndOffset, flush: false);
        }
    }

    /// <summary>A group commit has ended, on a worker.</summary>
    private void OnSyncEnded()
    {
        var role = _role;
        if (role.IsLeader)
        {
            AdvanceHighWatermark(role);
        }

        _waiters.Wake();
    }
}
