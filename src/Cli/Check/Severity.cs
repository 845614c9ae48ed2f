namespace Moldau.Cli;

/// <summary>How bad a finding of <c>moldau check</c> is, the worst last.</summary>
internal enum Severity
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>The next failure hurts.</summary>
    Warning,

    /// <summary>Something does not work, or acknowledged records are in danger now.</summary>
    Error,
}
