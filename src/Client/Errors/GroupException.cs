using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>A consumer is out of its group for good: another took its static name, or the group does not take it as it is. Subscribe again to try once more.</summary>
public sealed class GroupException : KafkaException
{
    internal GroupException(ErrorCode code, string message)
        : base(code, message)
    {
    }

    /// <inheritdoc />
    public override bool IsRetriable => false;
}
