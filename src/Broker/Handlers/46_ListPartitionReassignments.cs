using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>ListPartitionReassignments v0 (KIP-455): the moves under way.</summary>
public sealed class ListPartitionReassignmentsHandler(MetadataLoader loader)
    : RequestHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>(ApiKey.ListPartitionReassignments)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<ListPartitionReassignmentsResponse?> HandleAsync(RequestContext context, ListPartitionReassignmentsRequest request) =>
        new(ReassignmentManager.List(loader.Image, request));

    protected override ListPartitionReassignmentsResponse ErrorResponse(ListPartitionReassignmentsRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ErrorMessage = message };

    protected override void SetThrottleTime(ListPartitionReassignmentsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
