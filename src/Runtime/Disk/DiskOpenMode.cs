namespace Moldau.Runtime;

/// <summary>How <see cref="IDisk.Open"/> opens a file.</summary>
public enum DiskOpenMode
{
    /// <summary>For reading; the file must exist.</summary>
    Read,

    /// <summary>For reading and writing; the file must exist.</summary>
    ReadWrite,

    /// <summary>For reading and writing; made when missing.</summary>
    OpenOrCreate,

    /// <summary>For reading and writing; must not exist yet.</summary>
    CreateNew,

    /// <summary>For reading and writing; made when missing, emptied when not.</summary>
    Truncate,
}
