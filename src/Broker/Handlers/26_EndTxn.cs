using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// EndTxn v0 to v5: commits or aborts a transaction. Answered when the decision is written, before the markers are. v2 knows PRODUCER_FENCED, v4 TRANSACTION_ABORTABLE; v5 gives the producer its
/// next epoch (KIP-890).
/// </summary>
public sealed class EndTxnHandler(TransactionCoordinator coordinator) : RequestHandler<EndTxnRequest, EndTxnResponse>(ApiKey.EndTxn)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Write, ResourceType.TransactionalId);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<EndTxnResponse?> HandleAsync(RequestContext context, EndTxnRequest request)
    {
        if (!context.May(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
        {
            return ErrorResponse(request, ErrorCode.TransactionalIdAuthorizationFailed, null);
        }

        var version = context.ApiVersion >= 5 ? (short)2 : (short)0;
        var result = await coordinator.EndAsync(request.TransactionalId, request.ProducerId, request.ProducerEpoch, request.Committed, version);
        return new()
        {
            ErrorCode = result.Error == ErrorCode.ProducerFenced && context.ApiVersion < 2 ? ErrorCode.InvalidProducerEpoch : result.Error,
            ProducerId = result.ProducerId,
            ProducerEpoch = result.ProducerEpoch,
        };
    }

    protected override EndTxnResponse ErrorResponse(EndTxnRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(EndTxnResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
