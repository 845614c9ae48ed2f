using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>
/// The metadata of one partition. Immutable; a cluster has many of them, so lists that are equal or empty are shared.
/// </summary>
public sealed record PartitionRegistration
{
    public const int NoLeader = -1;

    /// <summary>In a change record: the leader stays.</summary>
    public const int NoLeaderChange = -2;

    /// <summary>In a change record: the recovery state stays.</summary>
    public const sbyte NoRecoveryStateChange = -1;

    /// <summary>The brokers that hold the partition, the preferred leader first.</summary>
    public required ImmutableArray<int> Replicas { get; init; }

    /// <summary>The log directory of each replica, in the order of <see cref="Replicas"/>; as long as it is.</summary>
    public required ImmutableArray<Uuid> Directories { get; init; }

    public required ImmutableArray<int> Isr { get; init; }

    public ImmutableArray<int> RemovingReplicas { get; init; } = [];

    public ImmutableArray<int> AddingReplicas { get; init; } = [];

    /// <summary>Eligible leader replicas (KIP-966): out of the ISR, yet with everything below the high watermark.</summary>
    public ImmutableArray<int> Elr { get; init; } = [];

    /// <summary>The last members of ISR and ELR that went by an unclean shutdown (KIP-966).</summary>
    public ImmutableArray<int> LastKnownElr { get; init; } = [];

    /// <summary>The leader's broker id, or <see cref="NoLeader"/>.</summary>
    public int Leader { get; init; } = NoLeader;

    public LeaderRecoveryState RecoveryState { get; init; }

    public int LeaderEpoch { get; init; }

    public int PartitionEpoch { get; init; }

    public bool HasLeader => Leader != NoLeader;

    public int PreferredReplica => Replicas.Length == 0 ? NoLeader : Replicas[0];

    public bool HasPreferredLeader => Leader == PreferredReplica;

    public bool IsReassigning => RemovingReplicas.Length > 0 || AddingReplicas.Length > 0;

    /// <exception cref="MetadataException">The record names another number of directories than of replicas.</exception>
    public static PartitionRegistration FromRecord(PartitionRecord record)
    {
        ImmutableArray<int> replicas = Ids(BrokerIds.ToArray(record.Replicas));
        return new PartitionRegistration
        {
            Replicas = replicas,
            Directories = DirectoriesOf(record.Directories, replicas.Length),
            Isr = Shared(BrokerIds.ToArray(record.Isr), replicas),
            RemovingReplicas = Ids(BrokerIds.ToArray(record.RemovingReplicas)),
            AddingReplicas = Ids(BrokerIds.ToArray(record.AddingReplicas)),
            Elr = Ids(BrokerIds.ToArray(record.EligibleLeaderReplicas)),
            LastKnownElr = Ids(BrokerIds.ToArray(record.LastKnownElr)),
            Leader = record.Leader,
            RecoveryState = RecoveryStateOf(record.LeaderRecoveryState),
            LeaderEpoch = record.LeaderEpoch,
            PartitionEpoch = record.PartitionEpoch,
        };
    }

    /// <summary>The registration after the change. Every change bumps the partition epoch, a change of leader (or a vote for the same one) the leader epoch.</summary>
    public PartitionRegistration Merge(PartitionChangeRecord change)
    {
        ImmutableArray<int> replicas = change.Replicas is null ? Replicas : Ids(BrokerIds.ToArray(change.Replicas));
        bool leaderChanges = change.Leader != NoLeaderChange;
        return new PartitionRegistration
        {
            Replicas = replicas,
            Directories = change.Directories is null ? Fitted(Directories, replicas.Length) : DirectoriesOf(change.Directories, replicas.Length),
            Isr = change.Isr is null ? Isr : Shared(BrokerIds.ToArray(change.Isr), replicas),
            RemovingReplicas = change.RemovingReplicas is null ? RemovingReplicas : Ids(BrokerIds.ToArray(change.RemovingReplicas)),
            AddingReplicas = change.AddingReplicas is null ? AddingReplicas : Ids(BrokerIds.ToArray(change.AddingReplicas)),
            Elr = change.EligibleLeaderReplicas is null ? Elr : Ids(BrokerIds.ToArray(change.EligibleLeaderReplicas)),
            LastKnownElr = change.LastKnownElr is null ? LastKnownElr : Ids(BrokerIds.ToArray(change.LastKnownElr)),
            Leader = leaderChanges ? change.Leader : Leader,
            LeaderEpoch = leaderChanges ? LeaderEpoch + 1 : LeaderEpoch,
            RecoveryState = change.LeaderRecoveryState == NoRecoveryStateChange ? RecoveryState : RecoveryStateOf(change.LeaderRecoveryState),
            PartitionEpoch = PartitionEpoch + 1,
        };
    }

    /// <summary>The directory that holds the replica of a broker; null when the broker has none of this partition.</summary>
    public Uuid? DirectoryOf(int brokerId)
    {
        int index = Replicas.IndexOf(brokerId);
        return index < 0 ? null : Directories[index];
    }

    /// <summary>The whole partition as one record. What the version cannot carry is left out: the caller chose to go below it.</summary>
    public MetadataRecord ToRecord(Uuid topicId, int partitionIndex, MetadataVersion version)
    {
        var record = new PartitionRecord
        {
            PartitionId = partitionIndex,
            TopicId = topicId,
            Replicas = [.. Replicas],
            Isr = [.. Isr],
            RemovingReplicas = [.. RemovingReplicas],
            AddingReplicas = [.. AddingReplicas],
            Leader = Leader,
            LeaderRecoveryState = (sbyte)RecoveryState,
            LeaderEpoch = LeaderEpoch,
            PartitionEpoch = PartitionEpoch,
        };
        if (version.IsDirectoryAssignmentSupported)
        {
            record.Directories = [.. Directories];
        }

        if (version.IsElrSupported)
        {
            record.EligibleLeaderReplicas = Elr.Length == 0 ? null : [.. Elr];
            record.LastKnownElr = LastKnownElr.Length == 0 ? null : [.. LastKnownElr];
        }

        return new(record, version.PartitionRecordVersion);
    }

    public bool HasSameAssignment(PartitionRegistration other) =>
        Structural.Equal(Replicas, other.Replicas)
        && Structural.Equal(Directories, other.Directories)
        && Structural.Equal(AddingReplicas, other.AddingReplicas)
        && Structural.Equal(RemovingReplicas, other.RemovingReplicas);

    public bool Equals(PartitionRegistration? other) =>
        other is not null
        && Leader == other.Leader
        && LeaderEpoch == other.LeaderEpoch
        && PartitionEpoch == other.PartitionEpoch
        && RecoveryState == other.RecoveryState
        && HasSameAssignment(other)
        && Structural.Equal(Isr, other.Isr)
        && Structural.Equal(Elr, other.Elr)
        && Structural.Equal(LastKnownElr, other.LastKnownElr);

    public override int GetHashCode() =>
        HashCode.Combine(Structural.Hash(Replicas.AsSpan()), Structural.Hash(Isr.AsSpan()), Leader, LeaderEpoch, PartitionEpoch);

    public override string ToString() =>
        $"replicas={BrokerIds.Text(Replicas.AsSpan())} isr={BrokerIds.Text(Isr.AsSpan())} elr={BrokerIds.Text(Elr.AsSpan())} "
        + $"lastKnownElr={BrokerIds.Text(LastKnownElr.AsSpan())} adding={BrokerIds.Text(AddingReplicas.AsSpan())} "
        + $"removing={BrokerIds.Text(RemovingReplicas.AsSpan())} leader={Leader} leaderEpoch={LeaderEpoch} partitionEpoch={PartitionEpoch} {RecoveryState}";

    private static ImmutableArray<int> Ids(int[] ids) => ids.Length switch
    {
        0 => [],
        1 => BrokerIds.Single(ids[0]),
        _ => ImmutableCollectionsMarshal.AsImmutableArray(ids),
    };

    private static ImmutableArray<int> Shared(int[] ids, ImmutableArray<int> replicas) => ids.AsSpan().SequenceEqual(replicas.AsSpan()) ? replicas : Ids(ids);

    private static ImmutableArray<Uuid> DirectoriesOf(List<Uuid>? directories, int replicas)
    {
        if (directories is null || directories.Count == 0)
        {
            return Fitted([], replicas);
        }

        if (directories.Count != replicas)
        {
            throw new MetadataException($"a partition record names {directories.Count} directories for {replicas} replicas");
        }

        return directories.Count == 1 ? DirectoryId.Single(directories[0]) : [.. directories];
    }

    /// <summary>
    /// A record older than KIP-858 replaces replicas without naming directories: those are then unknown, which is what "migrating" says.
    /// </summary>
    private static ImmutableArray<Uuid> Fitted(ImmutableArray<Uuid> directories, int replicas)
    {
        if (directories.Length == replicas)
        {
            return directories;
        }

        foreach (Uuid directory in directories)
        {
            if (directory != DirectoryId.Migrating)
            {
                throw new MetadataException($"a partition record keeps {directories.Length} directories for {replicas} replicas");
            }
        }

        var unknown = new Uuid[replicas];
        return ImmutableCollectionsMarshal.AsImmutableArray(unknown);
    }

    private static LeaderRecoveryState RecoveryStateOf(sbyte value) => value switch
    {
        0 => LeaderRecoveryState.Recovered,
        1 => LeaderRecoveryState.Recovering,
        _ => throw new MetadataException($"{value} is not a leader recovery state: 0 or 1 is expected"),
    };
}
