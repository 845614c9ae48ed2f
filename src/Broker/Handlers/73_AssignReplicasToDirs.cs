using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>AssignReplicasToDirs v0 (KIP-858): a broker tells the controller in which of its log directories replicas are.</summary>
public sealed class AssignReplicasToDirsHandler(ControllerAccess controller)
    : ControllerRequestHandler<AssignReplicasToDirsRequest, AssignReplicasToDirsResponse>(ApiKey.AssignReplicasToDirs, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.ClusterAction, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<AssignReplicasToDirsResponse?> HandleAsync(RequestContext context, AssignReplicasToDirsRequest request) =>
        SubmitAsync(context, request, (image, control) => ReassignmentManager.AssignDirectories(image, request, control), ControllerAccess.RequestTimeoutMs);

    protected override AssignReplicasToDirsResponse ErrorResponse(AssignReplicasToDirsRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(AssignReplicasToDirsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
