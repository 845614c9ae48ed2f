using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Raft;

/// <summary>
/// Writes one snapshot file: header batch (with kraft.version and voters when the quorum is dynamic), data batches of bounded size, footer. One owner at
/// a time.
/// </summary>
public sealed class SnapshotWriter : ISnapshotWriter
{
    private readonly SnapshotFiles _files;
    private readonly TimeProvider _time;
    private readonly int _batchBytesMax;
    private readonly Action<OffsetAndEpoch>? _frozen;
    private readonly List<ReadOnlyMemory<byte>> _waiting = [];
    private long _waitingBytes;
    private long _position;
    private long _nextOffset;
    private bool _isDone;

    public SnapshotWriter(
        SnapshotFiles files,
        TimeProvider time,
        OffsetAndEpoch id,
        long lastContainedLogTimestampMs,
        short kraftVersion,
        VoterSet? voters,
        int batchBytesMax = 8 * 1024 * 1024,
        Action<OffsetAndEpoch>? frozen = null)
    {
        _files = files;
        _time = time;
        _batchBytesMax = batchBytesMax;
        _frozen = frozen;
        SnapshotId = id;
        byte[] header = RaftBatchCodec.EncodeSnapshotHeader(id.Epoch, NowMs, lastContainedLogTimestampMs, kraftVersion, voters);
        _nextOffset = 1 + (kraftVersion > 0 ? 1 : 0) + (kraftVersion > 0 && voters is not null ? 1 : 0);
        Write(header);
    }

    public OffsetAndEpoch SnapshotId { get; }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        Invariant.That(!_isDone, "nothing is added to a frozen snapshot");
        foreach (ReadOnlyMemory<byte> record in records)
        {
            // A record's own fields take at most 16 bytes more.
            int size = record.Length + 16;
            if (_waitingBytes + size > _batchBytesMax - 128)
            {
                WriteWaiting();
            }
            _waiting.Add(record.ToArray());
            _waitingBytes += size;
        }
    }

    public void Freeze()
    {
        Invariant.That(!_isDone, "a snapshot is frozen once");
        WriteWaiting();
        Write(RaftBatchCodec.EncodeSnapshotFooter(_nextOffset, SnapshotId.Epoch, NowMs));
        _isDone = true;
        _files.CompletePart(SnapshotId);
        _frozen?.Invoke(SnapshotId);
    }

    public void Dispose()
    {
        if (!_isDone)
        {
            _isDone = true;
            _files.Disk.DeleteFile(_files.PathOf(SnapshotId) + ".part");
        }
    }

    private void WriteWaiting()
    {
        if (_waiting.Count == 0)
        {
            return;
        }
        Write(RaftBatchCodec.EncodeData(_nextOffset, SnapshotId.Epoch, NowMs, _waiting));
        _nextOffset += _waiting.Count;
        _waiting.Clear();
        _waitingBytes = 0;
    }

    private void Write(byte[] bytes)
    {
        _files.StorePart(SnapshotId, _position, bytes);
        _position += bytes.Length;
    }
}
