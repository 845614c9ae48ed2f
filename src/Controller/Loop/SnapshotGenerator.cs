using Moldau.Metadata;
using Moldau.Raft;

namespace Moldau.Controller;

/// <summary>
/// Writes a snapshot when enough of the log has come since the last one, or enough time has gone by (KIP-630, KIP-876). A publisher: put it last.
/// </summary>
public sealed class SnapshotGenerator(IRaftClient raft, TimeProvider time, long bytesBetweenSnapshotsMax, long intervalMsMax) : IMetadataPublisher
{
    private const int RecordsPerAppend = 1024;
    private long _bytes;
    private long _lastSnapshotMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public string Name => "SnapshotGenerator";

    /// <inheritdoc />
    public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
    {
        if (manifest.IsSnapshot)
        {
            _bytes = 0;
            return;
        }

        _bytes += manifest.SizeBytes;
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        bool isDue = _bytes >= bytesBetweenSnapshotsMax || (intervalMsMax > 0 && _bytes > 0 && now - _lastSnapshotMs >= intervalMsMax);
        if (isDue && image.Provenance.IsOffsetBatchAligned)
        {
            Write(image);
            _bytes = 0;
            _lastSnapshotMs = now;
        }
    }

    /// <inheritdoc />
    public void OnLeaderChange(int leaderId, int leaderEpoch)
    {
    }

    private void Write(MetadataImage image)
    {
        var id = new OffsetAndEpoch(image.Provenance.LastContainedOffset + 1, image.Provenance.LastContainedEpoch);
        using ISnapshotWriter? writer = raft.CreateSnapshot(id, image.Provenance.LastContainedLogTimeMs);
        if (writer is null)
        {
            return;
        }

        var records = new MetadataRecordList();
        image.WriteTo(records);
        var values = new List<ReadOnlyMemory<byte>>(RecordsPerAppend);
        foreach (MetadataRecord record in records.Records)
        {
            values.Add(MetadataRecordSerde.Write(record));
            if (values.Count == RecordsPerAppend)
            {
                writer.Append(values);
                values.Clear();
            }
        }

        if (values.Count > 0)
        {
            writer.Append(values);
        }

        writer.Freeze();
    }
}
