namespace Moldau.Metadata;

/// <summary>Where an image puts its records when it becomes a snapshot. Called in order, from one thread.</summary>
public interface IMetadataRecordWriter
{
    void Write(MetadataRecord record);
}
