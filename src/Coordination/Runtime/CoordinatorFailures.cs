using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>What clients are told when the log under a coordinator refuses. Stateless.</summary>
public static class CoordinatorFailures
{
    /// <summary>The error that a client of a coordinator gets for one of the log, as Apache Kafka translates them.</summary>
    public static ErrorCode ForClients(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.NetworkException => ErrorCode.CoordinatorLoadInProgress,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidFetchSize => ErrorCode.UnknownServerError,
        _ => error,
    };

    /// <summary>Any failure of an operation as one with a protocol error: bugs are UNKNOWN_SERVER_ERROR.</summary>
    public static CoordinatorException From(Exception failure) =>
        failure as CoordinatorException ?? new CoordinatorException(ErrorCode.UnknownServerError, failure.Message);
}
