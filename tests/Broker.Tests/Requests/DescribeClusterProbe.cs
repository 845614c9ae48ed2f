using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker.Tests;

/// <summary>A handler for tests, with an API of one kind of answer and a demand on the cluster.</summary>
internal sealed class DescribeClusterProbe(Func<RequestContext, DescribeClusterRequest, ValueTask<DescribeClusterResponse?>> handle)
    : RequestHandler<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster)
{
    public override AuthorizationRequirement Authorization { get; } = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Cluster);

    protected override ValueTask<DescribeClusterResponse?> HandleAsync(RequestContext context, DescribeClusterRequest request) => handle(context, request);

    protected override DescribeClusterResponse? ErrorResponse(DescribeClusterRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ErrorMessage = message };
}
