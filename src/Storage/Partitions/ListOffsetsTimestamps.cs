namespace Moldau.Storage;

/// <summary>The timestamps of ListOffsets that stand for something else than a time.</summary>
public static class ListOffsetsTimestamps
{
    /// <summary>The log end offset.</summary>
    public const long Latest = -1;

    /// <summary>The log start offset.</summary>
    public const long Earliest = -2;

    /// <summary>The record with the largest timestamp (KIP-734).</summary>
    public const long MaxTimestamp = -3;

    /// <summary>The first offset on this node's disk (KIP-405).</summary>
    public const long EarliestLocal = -4;

    /// <summary>The last offset in tiered storage (KIP-1005).</summary>
    public const long LatestTiered = -5;

    /// <summary>The first offset that is not in tiered storage yet (KIP-1023).</summary>
    public const long EarliestPendingUpload = -6;
}
