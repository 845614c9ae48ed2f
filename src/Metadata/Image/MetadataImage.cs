namespace Moldau.Metadata;

/// <summary>
/// The whole metadata of the cluster as of one offset of the metadata log. Immutable and safe to read from any thread; successive images share
/// what did not change. A request handler captures one image and never mixes two.
/// </summary>
public sealed record MetadataImage
{
    public static readonly MetadataImage Empty = new();

    public MetadataProvenance Provenance { get; init; } = MetadataProvenance.Empty;

    public FeaturesImage Features { get; init; } = FeaturesImage.Empty;

    public ClusterImage Cluster { get; init; } = ClusterImage.Empty;

    public TopicsImage Topics { get; init; } = TopicsImage.Empty;

    public ConfigurationsImage Configs { get; init; } = ConfigurationsImage.Empty;

    public ClientQuotasImage ClientQuotas { get; init; } = ClientQuotasImage.Empty;

    public ProducerIdsImage ProducerIds { get; init; } = ProducerIdsImage.Empty;

    public AclsImage Acls { get; init; } = AclsImage.Empty;

    public ScramImage Scram { get; init; } = ScramImage.Empty;

    public DelegationTokensImage DelegationTokens { get; init; } = DelegationTokensImage.Empty;

    /// <summary>The offset of the last record in the image; -1 when empty.</summary>
    public long Offset => Provenance.LastContainedOffset;

    /// <summary>The metadata.version in force.</summary>
    public MetadataVersion MetadataVersion => Features.MetadataVersion;

    /// <summary>Writes all records that make this image again, at its own metadata.version.</summary>
    public void WriteTo(IMetadataRecordWriter writer) => WriteTo(writer, MetadataVersion);

    /// <summary>
    /// Writes all records that make this image again, as a cluster at <paramref name="version"/> writes them. What that version cannot say is left out,
    /// which is what going down to it means.
    /// </summary>
    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        Features.WriteTo(writer, version);
        Cluster.WriteTo(writer, version);
        Topics.WriteTo(writer, version);
        Configs.WriteTo(writer);
        ClientQuotas.WriteTo(writer);
        ProducerIds.WriteTo(writer);
        Acls.WriteTo(writer);
        Scram.WriteTo(writer, version);
        DelegationTokens.WriteTo(writer, version);
    }

    /// <summary>This image with one record more; for tests and tools. Loaders use a <see cref="MetadataDelta"/> for many.</summary>
    public MetadataImage With(params ReadOnlySpan<MetadataRecord> records)
    {
        var delta = new MetadataDelta(this);
        foreach (MetadataRecord record in records)
        {
            delta.Replay(record.Message);
        }

        return delta.Apply(Provenance);
    }
}
