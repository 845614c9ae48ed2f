namespace Moldau.Client;

/// <summary>The protocol by which members of a group come together.</summary>
public enum GroupProtocol
{
    /// <summary>The members' leader assigns; works with every broker, and is Kafka's default.</summary>
    Classic,

    /// <summary>The coordinator assigns, and only those whose partitions move are disturbed (KIP-848); needs Kafka 4.0 or Moldau.</summary>
    Consumer,
}
