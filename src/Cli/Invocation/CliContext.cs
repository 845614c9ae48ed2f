using Moldau.Client;
using Moldau.Runtime;

namespace Moldau.Cli;

/// <summary>What the commands take from their process; tests bring their own. Immutable.</summary>
public sealed record CliContext
{
    /// <summary>Standard output as text: tables, JSON, sentences. Flushed by the command that wrote.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Standard error: why a command failed, progress, notes that are no part of the answer.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard output as bytes, for records. Throws <see cref="IOException"/> once nobody reads it any more.</summary>
    public required Stream Output { get; init; }

    /// <summary>Whether nobody reads standard output any more. Does not block; asked now and then by a command that has nothing to write and so would not see it.</summary>
    public Func<bool> HasLostReader { get; init; } = () => false;

    /// <summary>Standard input as bytes.</summary>
    public required Stream Input { get; init; }

    /// <summary>The files that options name.</summary>
    public required IDisk Disk { get; init; }

    /// <summary>Time, network and randomness of the client.</summary>
    public ClientSeams Seams { get; init; } = new();

    /// <summary>Whether a person sees standard output: bars, the width of the window.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether the terminal may be coloured.</summary>
    public bool UsesColors { get; init; }

    /// <summary>Whether a person sees standard error: progress.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether a person types at standard input.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Whether the terminal shows what ASCII does not have.</summary>
    public bool UsesUnicode { get; init; } = true;

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Registers what ends a command that runs until it is stopped: SIGTERM and SIGINT. Disposing takes it back.</summary>
    public required Func<Action, IDisposable> StopSignals { get; init; }
}
