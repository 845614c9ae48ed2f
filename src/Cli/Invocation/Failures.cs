using Moldau.Client;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary>What people can do about an error of the cluster. Pure.</summary>
internal static class Failures
{
    /// <summary>The failure as the program ends with it.</summary>
    public static CliException Explain(KafkaException failure, string servers)
    {
        if (failure is AuthenticationException)
        {
            return CliException.Failed(failure.Message, "who you are and whom you trust goes into a file: --command-config FILE with security.protocol, sasl.* and ssl.*");
        }

        return failure is DisconnectedException || failure.InnerException is DisconnectedException || failure is { Code: ErrorCode.RequestTimedOut, InnerException: null }
            ? Unreachable(servers, (failure.InnerException ?? failure).Message)
            : CliException.Failed(failure.Message, NextStep(failure.Code) ?? (failure.InnerException is KafkaException inner ? NextStep(inner.Code) : null));
    }

    public static CliException Unreachable(string servers, string why) =>
        CliException.Failed($"no broker answers at {servers}: {why}", "is it running? \"moldau start\" starts a node; --bootstrap-server names another");

    /// <summary>What to do about an error; null when the error says it.</summary>
    public static string? NextStep(ErrorCode code) => code switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId => "\"moldau topics list\" shows the topics that there are",
        ErrorCode.TopicAlreadyExists => "\"moldau topics describe --topic NAME\" shows it; --if-not-exists leaves it as it is",
        ErrorCode.GroupIdNotFound => "\"moldau groups list\" shows the groups that there are",
        ErrorCode.NonEmptyGroup => "stop its members first: \"moldau groups describe --group NAME --members\" shows them",
        ErrorCode.GroupSubscribedToTopic => "its members read the topic: stop them first",
        ErrorCode.InvalidReplicationFactor => "\"moldau cluster nodes\" shows how many brokers there are",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed =>
            "\"moldau acls list\" shows who may do what; --command-config says who you are",
        ErrorCode.UnsupportedVersion => "the broker is too old for this, or a Moldau node that does not have it yet: docs/compatibility.md has the list",
        ErrorCode.SecurityDisabled => "the cluster runs without an authorizer: authorizer.class.name in the nodes' configuration",
        ErrorCode.ReassignmentInProgress => "\"moldau partitions reassign list\" shows what moves; \"… cancel\" ends it",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => "fewer replicas are in sync than min.insync.replicas asks for: \"moldau check\"",
        ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress => 
            "the coordinator starts or moves: try again in some seconds. On fewer than three brokers the nodes need offsets.topic.replication.factor=1 and transaction.state.log.replication.factor=1 (\"moldau check\" says more)",
        ErrorCode.BrokerIdNotRegistered => "\"moldau cluster nodes --include-fenced-brokers\" shows the brokers that there are",
        ErrorCode.LogDirNotFound => "\"moldau partitions sizes --directories\" shows the log directories that there are",
        ErrorCode.InvalidUpdateVersion => "\"moldau cluster features\" shows the levels that all nodes support",
        ErrorCode.ResourceNotFound => "\"moldau users list\" shows the users that have a password, \"moldau configs describe --entity-type TYPE\" what is configured",
        ErrorCode.InvalidConfig => "\"moldau configs describe --all --documentation\" shows the keys, their values and what they mean",
        ErrorCode.TransactionalIdNotFound => "\"moldau transactions list\" shows those that there are",
        ErrorCode.DelegationTokenAuthDisabled => "delegation.token.secret.key, the same in all nodes' configuration, turns tokens on",
        ErrorCode.DelegationTokenRequestNotAllowed => "a token is for who has logged in, and not by a token: --command-config FILE with security.protocol, sasl.* and ssl.*",
        ErrorCode.DelegationTokenNotFound => "\"moldau tokens list\" shows those that there are",
        ErrorCode.DelegationTokenOwnerMismatch => "only its owner and those whom it names as renewers may: \"moldau tokens list\" shows them",
        ErrorCode.DelegationTokenExpired => "it cannot be renewed any more: \"moldau tokens create\" makes another",
        _ => null,
    };
}
