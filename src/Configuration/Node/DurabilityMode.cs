namespace Moldau.Configuration;

/// <summary>When an acknowledged record is on the device (the key <c>durability</c>, ours).</summary>
public enum DurabilityMode
{
    /// <summary>As <see cref="Fsync"/> for acks=all on topics with one replica, where nothing else protects the record; as <see cref="Kafka"/> otherwise.</summary>
    Auto,

    /// <summary>Every produce request is synced (in groups) before it is acknowledged.</summary>
    Fsync,

    /// <summary>Kafka's semantics: replication is the durability, and log.flush.* decides when files are synced.</summary>
    Kafka,
}
