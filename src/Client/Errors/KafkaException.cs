using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>An operation failed: the cluster refused it, could not be reached, or did not answer in time. The message names what was asked and what would be right.</summary>
public class KafkaException : Exception
{
    /// <summary>A failure with a code of Kafka's.</summary>
    /// <param name="code">The error; one of the client's own failures takes the code that Kafka's clients show for it.</param>
    /// <param name="message">What failed; Kafka's text for the code when null.</param>
    /// <param name="cause">What it comes from.</param>
    public KafkaException(ErrorCode code, string? message = null, Exception? cause = null)
        : base(message ?? $"{code.Message()} ({code})", cause) => Code = code;

    /// <summary>The error, as the broker told it or as Kafka's clients name a failure of their own.</summary>
    public ErrorCode Code { get; }

    /// <summary>True when the same call may succeed later.</summary>
    public virtual bool IsRetriable => Code.IsRetriable();

    /// <summary>True when this client can do no more and must be disposed: it was fenced, or what was sent is in doubt for ever.</summary>
    public virtual bool IsFatal => false;

    internal static KafkaException Of(ErrorCode code, string doing, string? brokerMessage = null) =>
        new(code, $"{doing}: {(string.IsNullOrEmpty(brokerMessage) ? code.Message() : brokerMessage)} ({code})");
}
