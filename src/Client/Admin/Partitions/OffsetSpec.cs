namespace Moldau.Client;

/// <summary>Which offset of a partition is asked for. Immutable.</summary>
public readonly record struct OffsetSpec
{
    private OffsetSpec(long timestampMs, short version) => (TimestampMs, Version) = (timestampMs, version);

    /// <summary>The first offset that is still there.</summary>
    public static OffsetSpec Earliest => new(-2, 1);

    /// <summary>The offset behind the last record; with <see cref="IsolationLevel.ReadCommitted"/>, that of the first open transaction if there is one.</summary>
    public static OffsetSpec Latest => new(-1, 1);

    /// <summary>The offset of the record with the highest timestamp (KIP-734; brokers from 3.0).</summary>
    public static OffsetSpec MaxTimestamp => new(-3, 7);

    /// <summary>The first offset that lies on the leader's own disk (KIP-405; brokers from 3.5).</summary>
    public static OffsetSpec EarliestLocal => new(-4, 8);

    /// <summary>The last offset that lies in tiered storage (KIP-1005; brokers from 3.8).</summary>
    public static OffsetSpec LatestTiered => new(-5, 9);

    /// <summary>The first offset that waits to be moved to tiered storage (KIP-1023; brokers from 4.1).</summary>
    public static OffsetSpec EarliestPendingUpload => new(-6, 11);

    internal long TimestampMs { get; }

    /// <summary>The first version of ListOffsets that can ask for it.</summary>
    internal short Version { get; }

    /// <summary>The first offset whose record has this timestamp or a later one.</summary>
    public static OffsetSpec ForTimestamp(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds(), 1);

    /// <summary>The first offset whose record has this timestamp, in milliseconds since 1970, or a later one.</summary>
    public static OffsetSpec ForTimestampMs(long timestampMs) =>
        timestampMs >= 0 ? new OffsetSpec(timestampMs, 1) : throw new ArgumentOutOfRangeException(nameof(timestampMs), timestampMs, "a timestamp is not negative");
}
