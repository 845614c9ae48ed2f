using Moldau.Metadata;
using Moldau.Raft;
using Moldau.Runtime;

namespace Moldau.Controller;

/// <summary>
/// Writes a snapshot when enough of the log has come since the last one, or enough time has gone by (KIP-630, KIP-876). A publisher: put it last.
/// </summary>
public sealed class SnapshotGenerator(IRaftClient raft, TimeProvider time, long bytesBetweenSnapshotsMax, long intervalMsMax) : IMetadataPublisher
{
    private const int RecordsPerAppend = 1024;
    private const long RetryMs = 60_000;

    /// <summary>A node that has just read a long log gets up first.</summary>
    private const long SettleMs = 10_000;
    private long _bytes;
    private long _startBytes;
    private long _settledMs;
    private long _notBeforeMs;
    private long _lastSnapshotMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Where people read.</summary>
    public Action<string>? Log { get; init; }

    /// <inheritdoc />
    public string Name => "SnapshotGenerator";

    /// <inheritdoc />
    public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (manifest.IsSnapshot)
        {
            // What was read behind the snapshot at the start counts: a node that stops before it has written as much again would otherwise never make one.
            _bytes = 0;
            _startBytes = manifest.SizeBytes;
            _settledMs = now + SettleMs;
            return;
        }

        _bytes += manifest.SizeBytes;
        bool isDue = _bytes >= bytesBetweenSnapshotsMax || (_bytes + _startBytes >= bytesBetweenSnapshotsMax && now >= _settledMs)
            || (intervalMsMax > 0 && _bytes > 0 && now - _lastSnapshotMs >= intervalMsMax);
        if (isDue && image.Provenance.IsOffsetBatchAligned)
        {
            TryWrite(image, now);
        }
    }

    /// <inheritdoc />
    public void OnLeaderChange(int leaderId, int leaderEpoch)
    {
    }

    /// <summary>A full disk puts the snapshot off: the log holds everything.</summary>
    private void TryWrite(MetadataImage image, long now)
    {
        if (now < _notBeforeMs)
        {
            return;
        }

        try
        {
            Write(image);
            _bytes = 0;
            _startBytes = 0;
            _lastSnapshotMs = now;
        }
        catch (DiskException failure) when (failure.Kind == DiskErrorKind.NoSpace)
        {
            _notBeforeMs = now + RetryMs;
            Log?.Invoke($"no snapshot of the metadata yet: {failure.Message}");
        }
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
