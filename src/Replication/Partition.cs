using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// One replica hosted here: its log, its role, and who waits for it. Appends and reads come from any thread; the log orders the appends. The role is changed by the replica manager alone,
/// from the metadata publisher's thread.
/// </summary>
public sealed partial class Partition
{
    private readonly PartitionWaiters _waiters = new();
    private volatile PartitionRole _role = PartitionRole.None;
    private volatile int _minInSyncReplicas = 1;
    private long _leaderEpochStartOffset;
    private volatile bool _isOffline;
    private volatile PartitionLog _log;

    public Partition(TopicPartition id, Uuid topicId, PartitionLog log)
    {
        Id = id;
        TopicId = topicId;
        _log = log;
        log.SyncEnded = OnSyncEnded;
    }

    public TopicPartition Id { get; }

    public Uuid TopicId { get; }

    /// <summary>The log as it is now; another one once the replica has moved to another log directory. Whoever uses it for more than one call keeps it.</summary>
    public PartitionLog Log => _log;

    public PartitionRole Role => _role;

    /// <summary>
    /// Where the present leader epoch begins, when this replica leads. As long as the high watermark is below, nobody knows what of the epochs before is committed.
    /// </summary>
    public long LeaderEpochStartOffset => Volatile.Read(ref _leaderEpochStartOffset);

    /// <summary>The log directory that holds it has failed: it is not served until the node starts again.</summary>
    public bool IsOffline => _isOffline;

    /// <summary>At least min.insync.replicas replicas are in sync. As in Kafka, more required than there are replicas counts as all of them.</summary>
    public bool HasEnoughInSyncReplicas => !IsUnderMinIsr(_role);

    /// <summary>min.insync.replicas of the topic.</summary>
    public int MinInSyncReplicas
    {
        get => _minInSyncReplicas;
        internal set
        {
            _minInSyncReplicas = value;
            if (_role.IsLeader)
            {
                AdvanceHighWatermark(_role);
                _waiters.Wake();
            }
        }
    }

    /// <summary>None when this replica leads and the requested leader epoch (-1 for any) is the current one; else the error to answer.</summary>
    public ErrorCode CheckLeader(int requestedLeaderEpoch) => CheckLeader(_role, requestedLeaderEpoch);

    /// <summary>
    /// As <see cref="CheckLeader"/> for a fetch of a broker, which must have another replica of the partition. As in Apache Kafka one that has none and names the leader epoch hears
    /// UNKNOWN_LEADER_EPOCH, as the metadata that gave it one may be on its way here, and comes again.
    /// </summary>
    public ErrorCode CheckFollower(int replicaId, int requestedLeaderEpoch)
    {
        var role = _role;
        var error = CheckLeader(role, requestedLeaderEpoch);
        return error != ErrorCode.None ? error
            : replicaId != role.LeaderId && role.Replicas.Contains(replicaId) ? ErrorCode.None
            : requestedLeaderEpoch >= 0 ? ErrorCode.UnknownLeaderEpoch
            : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>
    /// Appends one client's or coordinator's batch as leader. With <paramref name="acks"/> -1 the in-sync replicas must be enough before the append; whether they still are when the
    /// high watermark passes is for the waiter. <paramref name="records"/> is patched in place. <paramref name="guard"/> comes from <see cref="BeginVerification"/>, for transactional batches;
    /// <paramref name="transactionVersion"/> is that of the producer whose transaction a marker ends, -1 for records.
    /// </summary>
    public AppendResult AppendAsLeader(Memory<byte> records, AppendOrigin origin, short acks, VerificationGuard guard = default, short transactionVersion = -1)
    {
        var role = _role;
        if (!role.IsLeader)
        {
            return new AppendResult { Error = ErrorCode.NotLeaderOrFollower, FirstOffset = -1, LastOffset = -1, LogAppendTimeMs = -1, MaxTimestamp = -1, LogStartOffset = -1 };
        }

        if (acks == -1 && IsUnderMinIsr(role))
        {
            return new AppendResult
            {
                Error = ErrorCode.NotEnoughReplicas,
                ErrorMessage = $"The size of the current ISR {role.Isr.Length} of {Id} is insufficient to satisfy the min.isr requirement of {_minInSyncReplicas}",
                FirstOffset = -1,
                LastOffset = -1,
                LogAppendTimeMs = -1,
                MaxTimestamp = -1,
                LogStartOffset = -1,
            };
        }

        return Append(records, role, acks, origin, guard, transactionVersion);
    }

    /// <summary>
    /// Before a transactional batch is verified with its coordinator (KIP-890): the guard that its append must bring. None when the transaction is open here already, so that nothing is to be
    /// verified, and with NOT_LEADER_OR_FOLLOWER when this replica does not lead.
    /// </summary>
    public ErrorCode BeginVerification(long producerId, short producerEpoch, int sequence, bool supportsEpochBump, out VerificationGuard guard)
    {
        var isLeader = _role.IsLeader;
        guard = isLeader ? Log.BeginVerification(producerId, sequence, producerEpoch, supportsEpochBump) : VerificationGuard.None;
        return isLeader ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    /// <summary>Reads as a consumer or follower does; the caller disposes the slice.</summary>
    public LogSlice Read(long offset, int maxBytes, FetchIsolation isolation, bool minOneMessage) => Log.Read(offset, maxBytes, isolation, minOneMessage);

    /// <summary>Looks at the log's files when nobody has since the node started; may block. What fails there shows again, as an error, to whoever reads or appends.</summary>
    public void WarmUp()
    {
        try
        {
            Log.EnsureLoaded();
        }
        catch (DiskException)
        {
        }
    }

    /// <summary>Requests that wait for it now.</summary>
    public int WaiterCount => _waiters.Count;

    /// <summary>Registers one who waits. It may be called at once, from another thread.</summary>
    public void AddWaiter(PartitionWaiter waiter) => _waiters.Add(waiter);

    public void RemoveWaiter(PartitionWaiter waiter) => _waiters.Remove(waiter);

    /// <summary>Tells the waiters that something about the log changed that no append shows: a marker, a moved log start, a deleted topic.</summary>
    public void Wake() => _waiters.Wake();

    /// <summary>Its log directory has failed: whoever waits finds out.</summary>
    internal void SetOffline()
    {
        _isOffline = true;
        _waiters.Wake();
    }

    /// <summary>The replica has moved to another log directory. Whoever waits is woken by the caller, who holds the manager's lock here.</summary>
    internal void TakeLog(PartitionLog log)
    {
        log.SyncEnded = OnSyncEnded;
        _log = log;
        if (log.DurableEndOffset < Volatile.Read(ref _syncDemand))
        {
            // Who waits for a sync of the old one waits for this one now.
            log.RequestSync();
        }

        // What was durable in the old one, or is now, and moved no high watermark of this one: the thread that was about to may have had the old one in its hand.
        var role = _role;
        if (role.IsLeader)
        {
            AdvanceHighWatermark(role);
        }
    }

    /// <summary>Takes over a registration. Old partition epochs are ignored.</summary>
    internal void Become(PartitionRegistration registration, int brokerId)
    {
        var before = _role;
        if (registration.PartitionEpoch < before.PartitionEpoch)
        {
            return;
        }

        var role = new PartitionRole
        {
            IsLeader = registration.Leader == brokerId,
            LeaderId = registration.Leader,
            LeaderEpoch = registration.LeaderEpoch,
            PartitionEpoch = registration.PartitionEpoch,
            Replicas = registration.Replicas,
            Isr = registration.Isr,
        };
        try
        {
            if (role.IsLeader && (!before.IsLeader || before.LeaderEpoch != role.LeaderEpoch))
            {
                // The epoch's first offset is known from here on, so that followers can find where they diverge (KIP-101).
                Volatile.Write(ref _leaderEpochStartOffset, Log.LogEndOffset);
                Log.AssignEpochStartOffset(role.LeaderEpoch, Log.LogEndOffset);
            }
        }
        finally
        {
            // A full disk keeps the epoch from the checkpoint, not from the memory, and must not keep readers out.
            _role = role;
            if (role.IsLeader)
            {
                DemandSyncOfAll(role);
                AdvanceHighWatermark(role);
            }

            _waiters.Wake();
        }
    }

    /// <summary>The topic is gone: whoever waits finds out, and later requests get the error of a partition that is not here.</summary>
    internal void Retire()
    {
        _role = PartitionRole.None;
        _waiters.Wake();
    }

    private static ErrorCode CheckLeader(PartitionRole role, int requestedLeaderEpoch)
    {
        var error = role.CheckLeaderEpoch(requestedLeaderEpoch);
        return error == ErrorCode.None && !role.IsLeader ? ErrorCode.NotLeaderOrFollower : error;
    }

    private bool IsUnderMinIsr(PartitionRole role) => role.Isr.Length < Math.Min(_minInSyncReplicas, role.Replicas.Length);

    /// <summary>
    /// The high watermark is the lowest log end of the in-sync replicas. With this replica alone in the ISR that is its own log end, or what of it is durable. It stays where too few are in sync (KIP-966), as
    /// the eligible leader replicas may know less. Forward only: another append may have moved it further since
    /// this one read the log end.
    /// </summary>
    private void AdvanceHighWatermark(PartitionRole role)
    {
        if (role.Isr.Length == 1 && !IsUnderMinIsr(role))
        {
            Log.MaybeIncrementHighWatermark(CommittableEnd());
        }
    }
}
