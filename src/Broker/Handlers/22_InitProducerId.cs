using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// InitProducerId v0 to v5: a new id for an idempotent producer. Transactional ids need the transaction coordinator, which comes with its issue: a request with one is told that no
/// coordinator is available.
/// </summary>
public sealed class InitProducerIdHandler(IProducerIdSource producerIds) : RequestHandler<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Write, ResourceType.TransactionalId, "with a transactional id"),
        new AuthorizationRule(AclOperation.IdempotentWrite, ResourceType.Cluster, "without a transactional id"),
        new AuthorizationRule(AclOperation.Write, ResourceType.Topic, "without a transactional id: on any topic, instead of IdempotentWrite"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<InitProducerIdResponse?> HandleAsync(RequestContext context, InitProducerIdRequest request)
    {
        if (request.TransactionalId is { } id)
        {
            return ErrorResponse(
                request,
                !context.May(AclOperation.Write, ResourceType.TransactionalId, id) ? ErrorCode.TransactionalIdAuthorizationFailed
                    : id.Value.Length == 0 ? ErrorCode.InvalidRequest
                    : ErrorCode.CoordinatorNotAvailable,
                null);
        }

        // An id and an epoch come together, or neither (KIP-360).
        if ((request.ProducerId == -1) != (request.ProducerEpoch == -1))
        {
            return ErrorResponse(request, ErrorCode.InvalidRequest, null);
        }

        if (!context.MayOnCluster(AclOperation.IdempotentWrite, out var denied)
            && context.AuthorizeAny(AclOperation.Write, ResourceType.Topic) != AuthorizationResult.Allowed)
        {
            return ErrorResponse(request, denied, null);
        }

        var (error, producerId) = await producerIds.NextAsync();
        return error != ErrorCode.None ? ErrorResponse(request, error, null) : new InitProducerIdResponse { ProducerId = producerId, ProducerEpoch = 0 };
    }

    protected override InitProducerIdResponse ErrorResponse(InitProducerIdRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ProducerId = -1, ProducerEpoch = -1 };

    protected override void SetThrottleTime(InitProducerIdResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
