namespace Moldau.Metadata;

/// <summary>Collects an image's records in memory.</summary>
public sealed class MetadataRecordList : IMetadataRecordWriter
{
    public List<MetadataRecord> Records { get; } = [];

    public void Write(MetadataRecord record) => Records.Add(record);
}
