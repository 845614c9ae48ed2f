namespace Moldau.Cli;

/// <summary>How a command over the protocol ends; docs/operations.md has them with those of the node.</summary>
public static class CommandExit
{
    /// <summary>It did what it was asked, all of it.</summary>
    public const int Ok = 0;

    /// <summary>The cluster refused it or part of it, nobody answered, or a check found errors.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments or files; nothing was sent.</summary>
    public const int Usage = 2;
}
