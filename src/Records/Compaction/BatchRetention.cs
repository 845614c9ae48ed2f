namespace Moldau.Records;

/// <summary>What compaction does with a batch.</summary>
public enum BatchRetention
{
    /// <summary>The batch goes, whatever is in it.</summary>
    Delete,

    /// <summary>The batch stays as a header even when no record does: it is the last of its producer.</summary>
    RetainEmpty,

    /// <summary>The batch goes when no record stays.</summary>
    DeleteEmpty,
}
