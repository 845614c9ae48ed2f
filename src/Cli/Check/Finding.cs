namespace Moldau.Cli;

/// <summary>Something that <c>moldau check</c> found.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Rule">The rule's name, stable, for programs: docs/cli.md lists them.</param>
/// <param name="Subject">What it is about: topic orders, broker 2, group billing.</param>
/// <param name="Message">What is so.</param>
/// <param name="NextStep">What to do about it.</param>
internal sealed record Finding(Severity Severity, string Rule, string Subject, string Message, string NextStep);
