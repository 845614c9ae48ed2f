namespace Moldau.Client;

/// <summary>What a partition needs before records of it can be fetched.</summary>
internal enum PartitionPhase
{
    /// <summary>The group's committed offset.</summary>
    NeedsCommitted,

    /// <summary>An offset by <see cref="PartitionState.ResetTimestampMs"/>.</summary>
    NeedsReset,

    /// <summary>To hear from a new leader that the log was not cut below the position (KIP-320).</summary>
    NeedsValidation,

    /// <summary>Nothing: it is fetched.</summary>
    Fetching,

    /// <summary>The application, which has to seek: there is no offset, or it is gone, and nothing says where to go on.</summary>
    NeedsSeek,
}
