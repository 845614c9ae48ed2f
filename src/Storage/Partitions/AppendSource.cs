namespace Moldau.Storage;

/// <summary>Where an append comes from, which decides how much is checked; the leader's three are Records' AppendOrigin.</summary>
internal enum AppendSource
{
    /// <summary>A client's produce request: everything is checked.</summary>
    Client,

    /// <summary>A coordinator of this node: offset commits, group metadata, transaction markers. No sequence checks; control batches are allowed.</summary>
    Coordinator,

    /// <summary>The leader of a Raft quorum, which has assigned offsets and epochs itself.</summary>
    RaftLeader,

    /// <summary>Fetched from the partition's leader: taken as it is.</summary>
    Replication,
}
