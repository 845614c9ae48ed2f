using Moldau.Metadata;
using Moldau.Raft;

namespace Moldau.Controller;

/// <summary>Committed bytes of the metadata log as records. Pure.</summary>
internal static class MetadataBatchDecoder
{
    internal static MetadataBatch Decode(CommittedBatch batch)
    {
        if (batch.IsControl || batch.Records.Count == 0)
        {
            return new(batch.BaseOffset, batch.LastOffset, batch.Epoch, batch.AppendTimestampMs, batch.SizeBytes, []);
        }

        return new(batch.BaseOffset, batch.LastOffset, batch.Epoch, batch.AppendTimestampMs, batch.SizeBytes, batch.Meaning(Records));
    }

    internal static List<MetadataRecord> Decode(RaftSnapshot snapshot)
    {
        var records = new List<MetadataRecord>();
        foreach (CommittedBatch batch in snapshot.Batches)
        {
            if (!batch.IsControl)
            {
                records.AddRange(batch.Meaning(Records));
            }
        }

        return records;
    }

    internal static MetadataProvenance Provenance(RaftSnapshot snapshot) =>
        new(snapshot.SnapshotId.Offset - 1, snapshot.SnapshotId.Epoch, snapshot.LastContainedLogTimestampMs, IsOffsetBatchAligned: true);

    private static List<MetadataRecord> Records(IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        var records = new List<MetadataRecord>(values.Count);
        foreach (ReadOnlyMemory<byte> value in values)
        {
            records.Add(MetadataRecordSerde.Read(value));
        }

        return records;
    }
}
