namespace Moldau.Client;

/// <summary>What a worker does with a record that its handler does not take. Immutable.</summary>
public sealed record RetryOptions
{
    /// <summary>How often a record is handed to the handler before it goes on to the next stage; at least 1. Its lane waits meanwhile.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The wait before the second attempt; it doubles.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between two attempts.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The delays of the retry topics, one topic for each: a record that fails goes there and is tried again when its delay has passed, while others go on. The order among records of a key is lost
    /// then. Empty for none.
    /// </summary>
    public IReadOnlyList<TimeSpan> RetryTopicDelays { get; init; } = [];

    /// <summary>Whether a record that failed everywhere goes to a dead letter topic; otherwise the worker stops there, and nothing is lost.</summary>
    public bool UsesDeadLetterTopic { get; init; } = true;

    /// <summary>The name of a retry topic, from the first topic of the record, the group and the number of the stage, from 0.</summary>
    public Func<string, string, int, string> RetryTopicName { get; init; } = static (topic, group, stage) => $"{topic}-{group}-retry-{stage}";

    /// <summary>The name of the dead letter topic, from the first topic of the record and the group.</summary>
    public Func<string, string, string> DeadLetterTopicName { get; init; } = static (topic, group) => $"{topic}-{group}-dlq";

    /// <summary>Which failures are worth another attempt; the others go to the dead letter topic at once. All by default.</summary>
    public Predicate<Exception> IsRetriable { get; init; } = static _ => true;

    /// <summary>What follows a failure.</summary>
    /// <param name="attempt">How often the handler has had the record in this stage.</param>
    /// <param name="stage">The retry topic that the record came from; -1 when it came from its first topic.</param>
    /// <param name="failure">What the handler threw.</param>
    internal RetryStep Next(int attempt, int stage, Exception failure)
    {
        if (IsRetriable(failure))
        {
            if (attempt < Attempts)
            {
                double wait = Math.Min(Backoff.TotalMilliseconds * Math.Pow(2, attempt - 1), BackoffMax.TotalMilliseconds);
                return new RetryStep(RetryAction.Again, TimeSpan.FromMilliseconds(wait), stage);
            }

            if (stage + 1 < RetryTopicDelays.Count)
            {
                return new RetryStep(RetryAction.RetryTopic, RetryTopicDelays[stage + 1], stage + 1);
            }
        }

        return new RetryStep(UsesDeadLetterTopic ? RetryAction.DeadLetterTopic : RetryAction.Stop, TimeSpan.Zero, stage);
    }
}
