namespace Moldau.Coordination;

/// <summary>From when on the retention of a committed offset counts, in ms since the epoch (KIP-211).</summary>
public delegate long OffsetExpiration(CommittedOffset offset);
