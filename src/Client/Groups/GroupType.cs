namespace Moldau.Client;

/// <summary>The kind of a group.</summary>
public enum GroupType
{
    /// <summary>The broker does not tell, or tells of one that this client does not know.</summary>
    Unknown,

    /// <summary>Members by JoinGroup and SyncGroup.</summary>
    Classic,

    /// <summary>Members by ConsumerGroupHeartbeat (KIP-848).</summary>
    Consumer,

    /// <summary>Members by ShareGroupHeartbeat (KIP-932).</summary>
    Share,

    /// <summary>Members by StreamsGroupHeartbeat (KIP-1071).</summary>
    Streams,
}
