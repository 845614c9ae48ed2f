namespace Moldau.Simulation;

/// <summary>Lies of a disk that stand for bugs of the code above it: each must be found by the scenarios (docs/simulation.md).</summary>
public enum DiskBug
{
    None,

    /// <summary>fsync of files does nothing, as if the code did not call it.</summary>
    FileNotSynced,

    /// <summary>fsync of directories does nothing, as if the code did not call it.</summary>
    DirectoryNotSynced,

    /// <summary>fsync reports success after it failed.</summary>
    SyncErrorHidden,

    /// <summary>A rename over a file deletes the old one first, as two steps.</summary>
    RenameInTwoSteps,

    /// <summary>An offset index is not emptied before it is rebuilt.</summary>
    StaleIndex,

    /// <summary>What recovery cuts off a log stays in the file.</summary>
    CutForgotten,

    /// <summary>A write that does not fit is taken for done.</summary>
    FullDiskHidden,

    /// <summary>Deleted segments keep their name.</summary>
    RenameForgotten,

    /// <summary>Reads of more than a sector come back one byte early.</summary>
    ReadOffByOne,

    /// <summary>fsync of the metadata log does nothing.</summary>
    MetadataNotSynced,

    /// <summary>fsync of checkpoints that are about to be renamed does nothing.</summary>
    CheckpointNotSynced,

    /// <summary>The leader epochs are not replaced by newer ones.</summary>
    EpochsForgotten,

    /// <summary>A compacted segment is not put in the place of those that it replaces.</summary>
    SwapForgotten,

    /// <summary>The second write of a compacted segment is taken for done.</summary>
    CompactionLosesRecords,

    /// <summary>fsync of the logs of coordinators does nothing: they answer before what they say is on the device.</summary>
    CoordinatorNotSynced,
}
