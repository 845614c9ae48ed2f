namespace Moldau.Runtime;

/// <summary>What went wrong on the disk, as far as callers treat it differently.</summary>
public enum DiskErrorKind
{
    /// <summary>The device or file system failed (EIO and the like): the log directory goes offline.</summary>
    Io,

    /// <summary>No space or quota left (ENOSPC, EDQUOT): writes are refused, everything else goes on.</summary>
    NoSpace,

    /// <summary>No such file or directory.</summary>
    NotFound,

    /// <summary>The file exists already.</summary>
    Exists,

    /// <summary>Not permitted, or a read-only file system.</summary>
    Denied,

    /// <summary>Too many open files.</summary>
    TooManyOpenFiles,

    /// <summary>A file holds something else than it must: what needs it cannot be used, the directory can.</summary>
    Corrupt,
}
