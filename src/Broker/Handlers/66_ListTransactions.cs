using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// ListTransactions v0 to v2 (KIP-664): the transactional ids that are coordinated here and that the client may describe. v1 filters by duration (KIP-994), v2 by a pattern of the id (KIP-1152).
/// </summary>
public sealed class ListTransactionsHandler(TransactionCoordinator coordinator) : RequestHandler<ListTransactionsRequest, ListTransactionsResponse>(ApiKey.ListTransactions)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.TransactionalId);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<ListTransactionsResponse?> HandleAsync(RequestContext context, ListTransactionsRequest request)
    {
        var response = await coordinator.ListAsync(request);
        response.TransactionStates.RemoveAll(state => !context.May(AclOperation.Describe, ResourceType.TransactionalId, state.TransactionalId));
        return response;
    }

    protected override ListTransactionsResponse ErrorResponse(ListTransactionsRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(ListTransactionsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
