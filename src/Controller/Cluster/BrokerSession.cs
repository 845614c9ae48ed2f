namespace Moldau.Controller;

/// <summary>What the active controller remembers of a broker between heartbeats; it is not in the log.</summary>
public sealed class BrokerSession
{
    /// <summary>When the broker was last heard of, milliseconds since the epoch.</summary>
    public long LastContactMs { get; internal set; }

    /// <summary>How far the broker has read the metadata log, as it said.</summary>
    public long MetadataOffset { get; internal set; } = -1;

    /// <summary>Offset of the registration record the broker must have read before it may serve.</summary>
    public long RegistrationOffset { get; internal set; } = -1;

    /// <summary>The offset that all other live brokers must have read before this one may go; -1 when it is not about to.</summary>
    public long ControlledShutdownOffset { get; internal set; } = -1;
}
