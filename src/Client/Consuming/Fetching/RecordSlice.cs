using Moldau.Records;

namespace Moldau.Client;

/// <summary>The records of one batch, decompressed, where they lie.</summary>
internal struct RecordSlice
{
    public byte[] Bytes;
    public int Start;
    public int End;
    public int Count;
    public long BaseOffset;
    public long BaseTimestamp;
    public long AppendTimestamp;
    public bool HasAppendTime;
    public int LeaderEpoch;

    /// <summary>Whether <see cref="Bytes"/> is the slice's own, to be given back to the shared pool.</summary>
    public bool IsRented;
}
