using Microsoft.Extensions.Logging;
using Moldau.Metadata;
using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;
using Moldau.Runtime;

namespace Moldau.Coordination;

/// <summary>
/// The groups and offsets of one partition of <c>__consumer_offsets</c>. The files of this type divide it: classic groups, offsets, and what later group types add. The partial methods
/// without a body here are the seams for those.
/// </summary>
public sealed partial class GroupShard : ICoordinatorShard
{
    private const string ExpirationKey = "expire-group-metadata";

    private readonly CoordinatorShardContext _context;
    private readonly Func<GroupCoordinatorOptions> _options;
    private readonly IEntropy _entropy;
    private readonly GroupMetrics _metrics;

    /// <param name="context">What the runtime gives.</param>
    /// <param name="options">The configuration now.</param>
    /// <param name="entropy">For member ids.</param>
    /// <param name="metrics">Counters of all shards.</param>
    public GroupShard(CoordinatorShardContext context, Func<GroupCoordinatorOptions> options, IEntropy entropy, GroupMetrics metrics)
    {
        _context = context;
        _options = options;
        _entropy = entropy;
        _metrics = metrics;
        Groups = new GroupTable(context.Snapshots, context.Time);
        Offsets = new OffsetManager(context.Snapshots, Groups, context.Time, options, metrics);
        OnCreated();
    }

    /// <summary>All groups.</summary>
    public GroupTable Groups { get; }

    /// <summary>All offsets.</summary>
    public OffsetManager Offsets { get; }

    /// <summary>The newest metadata.</summary>
    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    private ICoordinatorTimer Timer => _context.Timer;

    private ILogger Logger => _context.Logger;

    private GroupCoordinatorOptions Options => _options();

    public void Replay(long offset, long producerId, short producerEpoch, CoordinatorRecord record)
    {
        switch (record.Key)
        {
            case OffsetCommitKey key:
                Offsets.Replay(offset, producerId, key.Group, key.Topic, key.Partition, (OffsetCommitValue?)record.Value);
                break;
            case LegacyOffsetCommitKey key:
                Offsets.Replay(offset, producerId, key.Group, key.Topic, key.Partition, Modern((LegacyOffsetCommitValue?)record.Value));
                break;
            case GroupMetadataKey key:
                ReplayClassicGroup(key, (GroupMetadataValue?)record.Value);
                break;
            default:
                // Records of group types that are not served here stay in the log as they are.
                ReplayModern(record);
                break;
        }
    }

    public void ReplayTransactionMarker(long producerId, short producerEpoch, bool commit) => Offsets.ReplayMarker(producerId, commit);

    public void OnLoaded(MetadataImage image)
    {
        Image = image;
        foreach (var group in Groups.All)
        {
            if (group is ClassicGroup classic)
            {
                OnClassicLoaded(classic);
            }
        }

        OnModernLoaded();
        ScheduleExpiration();
    }

    public void OnUnloaded()
    {
        foreach (var group in Groups.All)
        {
            if (group is ClassicGroup classic)
            {
                OnClassicUnloaded(classic);
            }
        }

        OnModernUnloaded();
    }

    public void OnNewImage(MetadataImage image, MetadataDelta delta)
    {
        Image = image;
        OnModernImage(delta);
    }

    /// <summary>The groups that pass the filters, as of an offset; no filter lets all pass.</summary>
    public List<ListGroupsResponse.ListedGroup> List(IReadOnlyList<string> states, IReadOnlyList<string> types, long committedOffset)
    {
        var wantedStates = states.Select(state => state.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wantedTypes = types.Select(GroupTypes.Parse).ToHashSet();
        var listed = new List<ListGroupsResponse.ListedGroup>();
        foreach (var group in Groups.At(committedOffset))
        {
            if ((wantedStates.Count == 0 || wantedStates.Contains(group.StateName(committedOffset))) && (wantedTypes.Count == 0 || wantedTypes.Contains(group.Type)))
            {
                listed.Add(group.Listed(committedOffset));
            }
        }

        return listed;
    }

    private static OffsetCommitValue? Modern(LegacyOffsetCommitValue? value) => value is null
        ? null
        : new OffsetCommitValue { Offset = value.Offset, Metadata = value.Metadata, CommitTimestamp = value.CommitTimestamp };

    /// <summary>Expired offsets go, and with the last of them their group, every so often.</summary>
    private void ScheduleExpiration() =>
        Timer.Schedule(ExpirationKey, Options.OffsetsRetentionCheckIntervalMs, retry: true, () =>
        {
            var records = Expire();
            ScheduleExpiration();
            return new CoordinatorResult<bool>(records, true, IsAtomic: false);
        });

    private List<CoordinatorRecord> Expire()
    {
        var records = new List<CoordinatorRecord>();
        foreach (var group in Groups.All)
        {
            if (Offsets.Expire(group.Id, records) && group.IsEmpty)
            {
                group.AddTombstones(records);
            }
        }

        if (records.Count > 0)
        {
            Logger.LogInformation("{Partition}: {Count} expired offsets and groups are removed", _context.Partition, records.Count);
        }

        return records;
    }

    partial void OnCreated();

    partial void ReplayModern(CoordinatorRecord record);

    partial void OnModernLoaded();

    partial void OnModernUnloaded();

    partial void OnModernImage(MetadataDelta delta);
}
