using Moldau.Client;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary>What came of each item of an operation on many: a sentence or an object for each, errors with their next step, and the exit code of all.</summary>
internal sealed class Outcomes(Report report)
{
    private readonly HashSet<string> _told = [];

    public int ExitCode { get; private set; } = CommandExit.Ok;

    /// <summary>One item.</summary>
    /// <param name="facts">Which item, for programs; the error is added, or null.</param>
    /// <param name="sentence">What was done, for people.</param>
    /// <param name="error">Why it was not; null when it was.</param>
    public void Add(Facts facts, string sentence, KafkaException? error)
    {
        if (error is null)
        {
            report.Done(sentence, facts.Add("error", Cell.None));
            return;
        }

        ExitCode = CommandExit.Failed;
        if (report.IsJson)
        {
            report.Write(facts.Add("error", error.Code.KafkaName()).Add("message", error.Message));
            return;
        }

        report.Note(error.Message);
        if (Failures.NextStep(error.Code) is { } step && _told.Add(step))
        {
            report.Note(step);
        }
    }
}
