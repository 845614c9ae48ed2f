using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// InitProducerId v0 to v5: an id for an idempotent producer, or the next epoch for a transactional one, whose open transaction is aborted first. v3 lets a producer go on after an error (KIP-360),
/// v4 knows PRODUCER_FENCED (KIP-588), v5 TRANSACTION_ABORTABLE (KIP-890). v6, the two-phase commit of KIP-939, is not stable in Apache Kafka 4.4 and not served.
/// </summary>
public sealed class InitProducerIdHandler(TransactionCoordinator coordinator) : RequestHandler<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId, "with a transactional id"),
        new AuthorizationRule(AclOperation.IdempotentWrite, ResourceType.Cluster, "without a transactional id"),
        new AuthorizationRule(AclOperation.Write, ResourceType.Topic, "without a transactional id: on any topic, instead of IdempotentWrite"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<InitProducerIdResponse?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        if (Denied(context, request) is var denied and not ErrorCode.None)
        {
            return ErrorResponse(request, denied, null);
        }

        // An id and an epoch come together, or neither (KIP-360).
        if ((request.ProducerId == -1) != (request.ProducerEpoch == -1))
        {
            return ErrorResponse(request, ErrorCode.InvalidRequest, null);
        }

        var expected = request.ProducerId == -1 ? default(ProducerIdAndEpoch?) : new ProducerIdAndEpoch(request.ProducerId, request.ProducerEpoch);
        var result = await coordinator.InitProducerIdAsync(request.TransactionalId?.Value, request.TransactionTimeoutMs, expected);
        return new()
        {
            ErrorCode = result.Error == ErrorCode.ProducerFenced && context.ApiVersion < 4 ? ErrorCode.InvalidProducerEpoch : result.Error,
            ProducerId = result.ProducerId,
            ProducerEpoch = result.ProducerEpoch,
        };
    }

    protected override InitProducerIdResponse ErrorResponse(InitProducerIdRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ProducerId = -1, ProducerEpoch = -1 };

    protected override void SetThrottleTime(InitProducerIdResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static ErrorCode Denied(RequestContext context, InitProducerIdRequest request)
    {
        if (request.TransactionalId is { } id)
        {
            return context.May(AclOperation.Write, ResourceType.TransactionalId, id) ? ErrorCode.None : ErrorCode.TransactionalIdAuthorizationFailed;
        }

        return context.MayOnCluster(AclOperation.IdempotentWrite, out var denied)
            || context.AuthorizeAny(AclOperation.Write, ResourceType.Topic) == AuthorizationResult.Allowed ? ErrorCode.None : denied;
    }
}
