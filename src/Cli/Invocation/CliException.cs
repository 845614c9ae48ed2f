namespace Moldau.Cli;

/// <summary>A command cannot do what it was asked. The message names the thing, the value and what would be right; it ends the program with <see cref="ExitCode"/>.</summary>
public sealed class CliException : Exception
{
    private CliException(int exitCode, string message, string? nextStep)
        : base(message)
    {
        ExitCode = exitCode;
        NextStep = nextStep;
    }

    /// <summary>How the program ends.</summary>
    public int ExitCode { get; }

    /// <summary>What to do now; null when the message says it.</summary>
    public string? NextStep { get; }

    /// <summary>Wrong arguments: nothing was done.</summary>
    public static CliException Usage(string message, string? nextStep = null) => new(CommandExit.Usage, message, nextStep);

    /// <summary>It was tried and failed.</summary>
    public static CliException Failed(string message, string? nextStep = null) => new(CommandExit.Failed, message, nextStep);
}
