using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// A transaction cannot go on. When <see cref="KafkaException.IsFatal"/> is false, abort it and begin anew; when it is true, the producer must be disposed: another one with its transactional id has
/// taken over, or it may not use the id.
/// </summary>
public sealed class TransactionException : KafkaException
{
    private readonly bool _isFatal;

    internal TransactionException(ErrorCode code, string message, bool isFatal, Exception? cause = null)
        : base(code, message, cause) => _isFatal = isFatal;

    /// <inheritdoc />
    public override bool IsRetriable => false;

    /// <inheritdoc />
    public override bool IsFatal => _isFatal;

    internal static new TransactionException Of(ErrorCode code, string doing, string? brokerMessage) => new(
        code,
        $"{doing}: {(string.IsNullOrEmpty(brokerMessage) ? code.Message() : brokerMessage)} ({code})",
        isFatal: code is ErrorCode.ProducerFenced or ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.InvalidTxnState or ErrorCode.InvalidProducerIdMapping
            or ErrorCode.ClusterAuthorizationFailed or ErrorCode.UnsupportedVersion or ErrorCode.UnsupportedForMessageFormat);
}
