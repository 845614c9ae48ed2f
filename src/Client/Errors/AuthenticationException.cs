using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>A broker does not take this client's name or certificate, or this client does not take the broker's. Trying again does not help.</summary>
public sealed class AuthenticationException : KafkaException
{
    internal AuthenticationException(ErrorCode code, string message, Exception? cause = null)
        : base(code, message, cause)
    {
    }

    /// <inheritdoc />
    public override bool IsRetriable => false;
}
