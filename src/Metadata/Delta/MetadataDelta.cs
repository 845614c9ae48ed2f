using Moldau.Protocol;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>
/// What changes from one image to the next. A loader makes it over a base image, replays records into it in log order, and applies it once;
/// publishers then read from it what changed. Used by one thread until applied, read-only afterwards. A part is null where nothing changed.
/// </summary>
public sealed class MetadataDelta(MetadataImage image)
{
    /// <summary>The image before.</summary>
    public MetadataImage Image { get; } = image;

    public FeaturesDelta? Features { get; private set; }

    public ClusterDelta? Cluster { get; private set; }

    public TopicsDelta? Topics { get; private set; }

    public ConfigurationsDelta? Configs { get; private set; }

    public ClientQuotasDelta? ClientQuotas { get; private set; }

    /// <summary>The new start of the next block of producer ids; null when it stays.</summary>
    public long? NextProducerId { get; private set; }

    public AclsDelta? Acls { get; private set; }

    public ScramDelta? Scram { get; private set; }

    public DelegationTokensDelta? DelegationTokens { get; private set; }

    /// <summary>The delta that makes the whole image out of the empty one. Its partitions are the image's own objects.</summary>
    public static MetadataDelta Whole(MetadataImage image)
    {
        var records = new MetadataRecordList();
        (image with { Topics = TopicsImage.Empty }).WriteTo(records);
        var delta = new MetadataDelta(MetadataImage.Empty);
        foreach (MetadataRecord record in records.Records)
        {
            delta.Replay(record.Message);
        }

        delta.Topics = image.Topics.Count > 0 ? TopicsDelta.Whole(image.Topics) : null;
        return delta;
    }

    /// <summary>Takes one record in. Records that only frame others (transaction markers, no-op) change nothing here.</summary>
    /// <exception cref="MetadataException">The record cannot follow on what is there.</exception>
    public void Replay(IMetadataRecord record)
    {
        switch (record)
        {
            case PartitionChangeRecord change:
                TopicsOrNew().Replay(change);
                break;
            case PartitionRecord partition:
                TopicsOrNew().Replay(partition);
                break;
            case TopicRecord topic:
                TopicsOrNew().Replay(topic);
                break;
            case RemoveTopicRecord remove:
                (Configs ??= new(Image.Configs)).DeleteAll(ConfigResource.Topic(TopicsOrNew().Replay(remove)));
                break;
            case ClearElrRecord clear:
                TopicsOrNew().Replay(clear);
                break;
            case ConfigRecord config:
                (Configs ??= new(Image.Configs)).Replay(config);
                break;
            case FeatureLevelRecord feature:
                (Features ??= new(Image.Features)).Replay(feature);
                break;
            case ZkMigrationStateRecord migration:
                (Features ??= new(Image.Features)).Replay(migration);
                break;
            case ClientQuotaRecord quota:
                (ClientQuotas ??= new(Image.ClientQuotas)).Replay(quota);
                break;
            case ProducerIdsRecord producerIds:
                NextProducerId = producerIds.NextProducerId;
                break;
            case NoOpRecord or BeginTransactionRecord or EndTransactionRecord or AbortTransactionRecord:
                break;
            default:
                if (!ReplayNode(record) && !ReplaySecurity(record))
                {
                    throw new MetadataException($"{record.GetType().Name} is not a record of the metadata log");
                }

                break;
        }
    }

    /// <summary>
    /// Ends the loading of a snapshot over an older image: whatever the snapshot did not name is gone.
    /// </summary>
    public void FinishSnapshot()
    {
        (Features ??= new(Image.Features)).FinishSnapshot();
        (Cluster ??= new(Image.Cluster)).FinishSnapshot();
        TopicsOrNew().FinishSnapshot();
        (Configs ??= new(Image.Configs)).FinishSnapshot();
        (ClientQuotas ??= new(Image.ClientQuotas)).FinishSnapshot();
        NextProducerId ??= ProducerIdsImage.Empty.NextProducerId;
        (Acls ??= new(Image.Acls)).FinishSnapshot();
        (Scram ??= new(Image.Scram)).FinishSnapshot();
        (DelegationTokens ??= new(Image.DelegationTokens)).FinishSnapshot();
    }

    /// <summary>The image after. It costs in proportion to what changed, not to the size of the cluster.</summary>
    public MetadataImage Apply(MetadataProvenance provenance) => new()
    {
        Provenance = provenance,
        Features = Features?.Apply() ?? Image.Features,
        Cluster = Cluster?.Apply() ?? Image.Cluster,
        Topics = Topics?.Apply() ?? Image.Topics,
        Configs = Configs?.Apply() ?? Image.Configs,
        ClientQuotas = ClientQuotas?.Apply() ?? Image.ClientQuotas,
        ProducerIds = NextProducerId is { } next ? new(next) : Image.ProducerIds,
        Acls = Acls?.Apply() ?? Image.Acls,
        Scram = Scram?.Apply() ?? Image.Scram,
        DelegationTokens = DelegationTokens?.Apply() ?? Image.DelegationTokens,
    };

    private TopicsDelta TopicsOrNew() => Topics ??= new(Image.Topics);

    private bool ReplayNode(IMetadataRecord record)
    {
        switch (record)
        {
            case RegisterBrokerRecord register:
                (Cluster ??= new(Image.Cluster)).Replay(register);
                return true;
            case UnregisterBrokerRecord unregister:
                (Cluster ??= new(Image.Cluster)).Replay(unregister);
                return true;
            case FenceBrokerRecord fence:
                (Cluster ??= new(Image.Cluster)).Replay(fence);
                return true;
            case UnfenceBrokerRecord unfence:
                (Cluster ??= new(Image.Cluster)).Replay(unfence);
                return true;
            case BrokerRegistrationChangeRecord change:
                (Cluster ??= new(Image.Cluster)).Replay(change);
                return true;
            case RegisterControllerRecord register:
                (Cluster ??= new(Image.Cluster)).Replay(register);
                return true;
            case UnregisterControllerRecord unregister:
                (Cluster ??= new(Image.Cluster)).Replay(unregister);
                return true;
            default:
                return false;
        }
    }

    private bool ReplaySecurity(IMetadataRecord record)
    {
        switch (record)
        {
            case AccessControlEntryRecord entry:
                (Acls ??= new(Image.Acls)).Replay(entry);
                return true;
            case RemoveAccessControlEntryRecord remove:
                (Acls ??= new(Image.Acls)).Replay(remove);
                return true;
            case UserScramCredentialRecord credential:
                (Scram ??= new(Image.Scram)).Replay(credential);
                return true;
            case RemoveUserScramCredentialRecord remove:
                (Scram ??= new(Image.Scram)).Replay(remove);
                return true;
            case DelegationTokenRecord token:
                (DelegationTokens ??= new(Image.DelegationTokens)).Replay(token);
                return true;
            case RemoveDelegationTokenRecord remove:
                (DelegationTokens ??= new(Image.DelegationTokens)).Replay(remove);
                return true;
            default:
                return false;
        }
    }
}
