using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>AlterPartitionReassignments v0 and v1 (KIP-455, KIP-860): moves replicas to other brokers, or calls a move off.</summary>
public sealed class AlterPartitionReassignmentsHandler(ControllerAccess controller)
    : ControllerRequestHandler<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>(ApiKey.AlterPartitionReassignments, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Alter, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<AlterPartitionReassignmentsResponse?> HandleAsync(RequestContext context, AlterPartitionReassignmentsRequest request) =>
        SubmitAsync(context, request, (image, control) => ReassignmentManager.Alter(image, request, control), request.TimeoutMs);

    protected override AlterPartitionReassignmentsResponse ErrorResponse(AlterPartitionReassignmentsRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ErrorMessage = message };

    protected override void SetThrottleTime(AlterPartitionReassignmentsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
