namespace Moldau.Coordination;

public sealed partial class ConsumerGroup
{
    // Not part of the log: after a load, or when the append of the epoch failed, the topics are looked at again.
    private long _refreshDeadlineMs;
    private int _refreshEpoch;

    /// <summary>The topics are looked at again with the next heartbeat.</summary>
    public void RequestMetadataRefresh() => (_refreshDeadlineMs, _refreshEpoch) = (0, 0);

    /// <summary>The topics have been looked at; nothing more until they change. The epoch is the one that takes them in, once its record is committed.</summary>
    public void SetMetadataRefreshed(int epoch) => (_refreshDeadlineMs, _refreshEpoch) = (long.MaxValue, epoch);

    /// <summary>Whether the topics must be looked at again.</summary>
    public bool HasMetadataExpired => _refreshDeadlineMs == 0 || Epoch < _refreshEpoch;
}
