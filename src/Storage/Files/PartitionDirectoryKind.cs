namespace Moldau.Storage;

/// <summary>What a partition directory is, told by the end of its name.</summary>
public enum PartitionDirectoryKind
{
    /// <summary><c>topic-0</c>: the log that is served.</summary>
    Current,

    /// <summary><c>-delete</c>: waits for file.delete.delay.ms, then goes.</summary>
    Deleted,

    /// <summary><c>-future</c>: a copy that replaces the log in another directory once it has caught up (KIP-113).</summary>
    Future,

    /// <summary><c>-stray</c>: the cluster does not place this partition here; kept until an operator decides.</summary>
    Stray,
}
