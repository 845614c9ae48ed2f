namespace Moldau.Metadata;

/// <summary>One committed batch of the metadata log, decoded. Control batches have no records here, yet move the offset.</summary>
/// <param name="BaseOffset">Offset of the first record.</param>
/// <param name="LastOffset">Offset of the last record, control records included.</param>
/// <param name="Epoch">Leader epoch in which it was appended.</param>
/// <param name="AppendTimeMs">When the leader appended it, milliseconds since the epoch.</param>
/// <param name="SizeBytes">Size in the log.</param>
/// <param name="Records">The records in order.</param>
public sealed record MetadataBatch(long BaseOffset, long LastOffset, int Epoch, long AppendTimeMs, int SizeBytes, IReadOnlyList<MetadataRecord> Records);
