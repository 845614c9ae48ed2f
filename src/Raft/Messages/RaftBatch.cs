namespace Moldau.Raft;

/// <summary>
/// A batch on its way into the log: made by the leader's core (<see cref="Records"/> or <see cref="ControlRecords"/>), or fetched from the leader, then
/// <see cref="Bytes"/> are what is written, unchanged.
/// </summary>
public sealed record RaftBatch(long BaseOffset, long LastOffset, int Epoch, long TimestampMs)
{
    public IReadOnlyList<ReadOnlyMemory<byte>> Records { get; init; } = [];

    public IReadOnlyList<RaftControlRecord> ControlRecords { get; init; } = [];

    public ReadOnlyMemory<byte> Bytes { get; init; }

    public bool IsControl => ControlRecords.Count > 0;
}
