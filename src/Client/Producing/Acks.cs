namespace Moldau.Client;

/// <summary>When a broker answers a produce request (<c>acks</c>).</summary>
public enum Acks
{
    /// <summary>All in-sync replicas have the records.</summary>
    All = -1,

    /// <summary>Never: whether the records arrived is not known.</summary>
    None = 0,

    /// <summary>The leader has written them.</summary>
    Leader = 1,
}
