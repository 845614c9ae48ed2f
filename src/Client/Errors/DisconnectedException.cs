using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>A connection was lost, could not be had, or a request took too long; whether the broker did what was asked is not known.</summary>
public sealed class DisconnectedException : KafkaException
{
    internal DisconnectedException(string message, Exception? cause = null, bool isTimeout = false)
        : base(isTimeout ? ErrorCode.RequestTimedOut : ErrorCode.NetworkException, message, cause)
    {
    }

    /// <inheritdoc />
    public override bool IsRetriable => true;
}
