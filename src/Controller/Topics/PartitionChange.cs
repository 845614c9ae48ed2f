using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>
/// Builds the record that takes a partition from its registration to wanted replicas, ISR and directories: it completes a reassignment that is done,
/// keeps the eligible leader replicas (KIP-966), elects a leader, and bumps the leader epoch where brokers need that. One instance makes one record.
/// </summary>
public sealed class PartitionChange
{
    private readonly PartitionRegistration _partition;
    private readonly Uuid _topicId;
    private readonly int _index;
    private readonly Predicate<int> _mayLead;
    private readonly MetadataVersion _version;
    private readonly int _minIsr;
    private readonly bool _elrEnabled;
    private readonly Func<int, Uuid> _defaultDirectory;
    private readonly Dictionary<int, Uuid> _directories = [];
    private List<int> _elr;

    /// <param name="topics">Reads the cluster, the topic's configuration and the finalized features.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="index">The partition's index.</param>
    /// <param name="partition">Its registration.</param>
    /// <param name="isActive">Which brokers may lead; null takes the live ones.</param>
    public PartitionChange(TopicView topics, TopicImage topic, int index, PartitionRegistration partition, Predicate<int>? isActive = null)
    {
        _partition = partition;
        _topicId = topic.Id;
        _index = index;
        _version = topics.Image.MetadataVersion;
        _elrEnabled = topics.Image.Features.IsElrEnabled && _version.IsElrSupported;
        _minIsr = topics.EffectiveMinIsr(topic);
        _defaultDirectory = topics.DefaultDirectory;
        Predicate<int> live = isActive ?? topics.Image.Cluster.IsActive;
        _mayLead = broker => live(broker)
            && partition.DirectoryOf(broker) is { } directory
            && topics.Image.Cluster.Broker(broker)?.HasOnlineDirectory(directory) == true;
        TargetIsr = [.. partition.Isr];
        TargetReplicas = [.. partition.Replicas];
        TargetRemoving = [.. partition.RemovingReplicas];
        TargetAdding = [.. partition.AddingReplicas];
        TargetRecoveryState = partition.RecoveryState;
        _elr = [.. partition.Elr];
        for (int i = 0; i < partition.Replicas.Length; i++)
        {
            _directories[partition.Replicas[i]] = partition.Directories[i];
        }
    }

    public Election Election { get; set; } = Election.Online;

    public List<int> TargetIsr { get; set; }

    public List<int> TargetReplicas { get; set; }

    public List<int> TargetRemoving { get; set; }

    public List<int> TargetAdding { get; set; }

    public LeaderRecoveryState TargetRecoveryState { get; set; }

    /// <summary>A broker that came back without a clean shutdown: it may have lost records, so it leaves the eligible leader replicas; -1 for none.</summary>
    public int UncleanShutdownBroker { get; set; } = PartitionRegistration.NoLeader;

    public void SetDirectory(int broker, Uuid directory) => _directories[broker] = directory;

    /// <summary>The record; null when nothing would change.</summary>
    public MetadataRecord? Build()
    {
        var record = new PartitionChangeRecord { TopicId = _topicId, PartitionId = _index };
        CompleteReassignment();
        UpdateElr();
        Elect(record);
        BumpEpochWhenReplicasGo(record);
        RecordElr(record);
        if (record.Isr is null && (TargetIsr.Count > 0 || _elrEnabled) && !Same(TargetIsr, _partition.Isr))
        {
            record.Isr = [.. TargetIsr];
        }

        BumpEpochWhenIsrShrinks(record);
        RecordLastKnownLeader(record);
        RecordAssignment(record);
        if (TargetRecoveryState != _partition.RecoveryState)
        {
            record.LeaderRecoveryState = (sbyte)TargetRecoveryState;
        }

        return IsNoOp(record) ? null : new MetadataRecord(record, _version.PartitionChangeRecordVersion);
    }

    private static bool IsNoOp(PartitionChangeRecord record) =>
        record.Isr is null
        && record.EligibleLeaderReplicas is null
        && record.LastKnownElr is null
        && record.Leader == PartitionRegistration.NoLeaderChange
        && record.Replicas is null
        && record.RemovingReplicas is null
        && record.AddingReplicas is null
        && record.LeaderRecoveryState == PartitionRegistration.NoRecoveryStateChange
        && record.Directories is null;

    private static bool Same(List<int> left, ImmutableArray<int> right) =>
        CollectionsMarshal.AsSpan(left).SequenceEqual(right.AsSpan());

    /// <summary>A reassignment is done once all replicas that stay are in the ISR; then those that go leave replicas and ISR.</summary>
    private void CompleteReassignment()
    {
        if (TargetAdding.Count == 0 && TargetRemoving.Count == 0)
        {
            return;
        }

        List<int> replicas = [.. TargetReplicas.Where(replica => !TargetRemoving.Contains(replica))];
        List<int> isr = [.. TargetIsr.Where(replica => !TargetRemoving.Contains(replica))];
        if (replicas.Count == 0 || isr.Count == 0 || !replicas.TrueForAll(isr.Contains))
        {
            return;
        }

        TargetReplicas = replicas;
        TargetIsr = isr;
        TargetRemoving = [];
        TargetAdding = [];
    }

    private void UpdateElr()
    {
        if (!_elrEnabled)
        {
            return;
        }

        if (TargetIsr.Count >= _minIsr)
        {
            _elr = [];
            return;
        }

        // Below min.insync.replicas nothing more is acknowledged, so whoever was in the ISR until now stays complete.
        var candidates = new List<int>(_elr);
        foreach (int member in _partition.Isr)
        {
            if (!candidates.Contains(member))
            {
                candidates.Add(member);
            }
        }

        _elr = [.. candidates.Where(member => !TargetIsr.Contains(member) && member != UncleanShutdownBroker && TargetReplicas.Contains(member))];
    }

    private bool IsValidLeader(int broker) => (TargetIsr.Contains(broker) || (TargetIsr.Count == 0 && _elr.Contains(broker))) && _mayLead(broker);

    private (int Leader, bool IsUnclean) ChooseLeader()
    {
        if (Election == Election.Preferred && IsValidLeader(TargetReplicas[0]))
        {
            return (TargetReplicas[0], false);
        }

        if (IsValidLeader(_partition.Leader))
        {
            return (_partition.Leader, false);
        }

        foreach (int replica in TargetReplicas)
        {
            if (IsValidLeader(replica))
            {
                return (replica, false);
            }
        }

        // The last leader before the partition lost all its complete replicas has the most of what was acknowledged.
        if (_elrEnabled && _elr.Count == 0 && TargetIsr.Count == 0 && _partition.LastKnownElr.Length == 1 && _mayLead(_partition.LastKnownElr[0]))
        {
            return (_partition.LastKnownElr[0], true);
        }

        if (Election == Election.Unclean)
        {
            foreach (int replica in TargetReplicas)
            {
                if (_mayLead(replica))
                {
                    return (replica, true);
                }
            }
        }

        return (PartitionRegistration.NoLeader, false);
    }

    private void Elect(PartitionChangeRecord record)
    {
        (int leader, bool isUnclean) = ChooseLeader();
        if (leader == _partition.Leader)
        {
            return;
        }

        if (_elr.Contains(leader))
        {
            TargetIsr = [leader];
            _elr = [.. _elr.Where(member => member != leader)];
        }

        record.Leader = leader;
        if (!isUnclean)
        {
            return;
        }

        // Only the new leader is consistent with itself; the others have to follow it, and lose what it does not have.
        record.Isr = [leader];
        if (_partition.RecoveryState != LeaderRecoveryState.Recovering)
        {
            record.LeaderRecoveryState = (sbyte)LeaderRecoveryState.Recovering;
            TargetRecoveryState = LeaderRecoveryState.Recovering;
        }
    }

    private void BumpEpochWhenReplicasGo(PartitionChangeRecord record)
    {
        if (record.Leader == PartitionRegistration.NoLeaderChange && _partition.Replicas.Any(replica => !TargetReplicas.Contains(replica)))
        {
            record.Leader = _partition.Leader;
        }
    }

    private void BumpEpochWhenIsrShrinks(PartitionChangeRecord record)
    {
        if (!_version.IsLeaderEpochBumpRequiredOnIsrShrink || record.Leader != PartitionRegistration.NoLeaderChange || record.Isr is null)
        {
            return;
        }

        if (_partition.Isr.Any(member => !record.Isr.Contains(member)))
        {
            record.Leader = _partition.Leader;
        }
    }

    private void RecordElr(PartitionChangeRecord record)
    {
        if (record.Isr is not null || !_elrEnabled)
        {
            _elr = [];
        }

        if (!Same(_elr, _partition.Elr))
        {
            record.EligibleLeaderReplicas = [.. _elr];
        }
    }

    private void RecordLastKnownLeader(PartitionChangeRecord record)
    {
        if (!_elrEnabled)
        {
            return;
        }

        ImmutableArray<int> last = _partition.LastKnownElr;
        if (record.Isr is { Count: 0 } && _partition.Leader != PartitionRegistration.NoLeader && !(last.Length == 1 && last[0] == _partition.Leader))
        {
            record.LastKnownElr = [_partition.Leader];
        }
        else if ((record.Leader >= 0 || (_partition.HasLeader && record.Leader != PartitionRegistration.NoLeader)) && last.Length > 0)
        {
            record.LastKnownElr = [];
        }
    }

    private void RecordAssignment(PartitionChangeRecord record)
    {
        if (TargetReplicas.Count > 0)
        {
            if (_version.IsDirectoryAssignmentSupported)
            {
                List<Uuid> directories = [.. TargetReplicas.Select(replica => _directories.TryGetValue(replica, out Uuid known) ? known : _defaultDirectory(replica))];
                if (!directories.SequenceEqual(_partition.Directories))
                {
                    record.Directories = directories;
                }
            }

            if (!Same(TargetReplicas, _partition.Replicas))
            {
                record.Replicas = [.. TargetReplicas];
            }
        }

        if (!Same(TargetRemoving, _partition.RemovingReplicas))
        {
            record.RemovingReplicas = [.. TargetRemoving];
        }

        if (!Same(TargetAdding, _partition.AddingReplicas))
        {
            record.AddingReplicas = [.. TargetAdding];
        }
    }
}
