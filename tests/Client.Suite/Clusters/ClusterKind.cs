namespace Moldau.Client.Suite;

/// <summary>Whose cluster the tests run against.</summary>
public enum ClusterKind
{
    /// <summary>A node in this process, in memory, without sockets.</summary>
    Embedded,

    /// <summary>The program moldau.</summary>
    Process,

    /// <summary>Apache Kafka, from ../shared/peers.</summary>
    Kafka,
}
