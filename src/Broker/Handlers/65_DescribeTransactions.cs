using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeTransactions v0 (KIP-664): the state of transactional ids that are coordinated here. Of the partitions only those of topics that the client may describe.</summary>
public sealed class DescribeTransactionsHandler(TransactionCoordinator coordinator)
    : RequestHandler<DescribeTransactionsRequest, DescribeTransactionsResponse>(ApiKey.DescribeTransactions)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Describe, ResourceType.TransactionalId),
        new AuthorizationRule(AclOperation.Describe, ResourceType.Topic, "for its partitions to be shown"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<DescribeTransactionsResponse?> HandleAsync(RequestContext context, DescribeTransactionsRequest request)
    {
        var response = new DescribeTransactionsResponse { TransactionStates = new(request.TransactionalIds.Count) };
        foreach (var transactionalId in request.TransactionalIds)
        {
            if (!context.May(AclOperation.Describe, ResourceType.TransactionalId, transactionalId))
            {
                response.TransactionStates.Add(new() { TransactionalId = transactionalId, ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed });
                continue;
            }

            var state = await coordinator.DescribeAsync(transactionalId);
            state.Topics.RemoveAll(topic => !context.May(AclOperation.Describe, ResourceType.Topic, topic.Topic));
            response.TransactionStates.Add(state);
        }

        return response;
    }

    protected override DescribeTransactionsResponse ErrorResponse(DescribeTransactionsRequest request, ErrorCode error, string? message) =>
        new() { TransactionStates = request.TransactionalIds.ConvertAll(id => new DescribeTransactionsResponse.TransactionStateData { TransactionalId = id, ErrorCode = error }) };

    protected override void SetThrottleTime(DescribeTransactionsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
