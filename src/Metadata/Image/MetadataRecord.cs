using Moldau.Protocol;

namespace Moldau.Metadata;

/// <summary>A record of the metadata log and the version in which it is written.</summary>
public readonly record struct MetadataRecord(IMetadataRecord Message, short Version);
