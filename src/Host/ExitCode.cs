namespace Moldau.Host;

/// <summary>How the program ends. docs/operations.md explains each to operators.</summary>
internal static class ExitCode
{
    /// <summary>A clean stop, or a command that did what it was asked.</summary>
    public const int Ok = 0;

    /// <summary>Something failed while running: the disk, a port in use, a check that found damage, no answer in time.</summary>
    public const int Failed = 1;

    /// <summary>Wrong configuration or wrong arguments; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>A directory is not formatted, is formatted for another node or cluster, or is in use by another process.</summary>
    public const int Storage = 3;

    /// <summary>An invariant broke while the node ran; it stopped itself rather than go on.</summary>
    public const int Broken = 70;
}
