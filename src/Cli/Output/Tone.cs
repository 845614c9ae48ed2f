namespace Moldau.Cli;

/// <summary>How a value is meant; a colour on a terminal, nothing elsewhere.</summary>
internal enum Tone
{
    Plain,
    Good,
    Warning,
    Bad,
    Quiet,
}
