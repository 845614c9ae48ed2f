using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>AlterConfigs v0 to v2: the older way, which replaces all that a resource has set.</summary>
public sealed class AlterConfigsHandler(ControllerAccess controller, NodeIdentity identity)
    : ControllerRequestHandler<AlterConfigsRequest, AlterConfigsResponse>(ApiKey.AlterConfigs, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.AlterConfigs, ResourceType.Cluster, "for brokers and client metrics"),
        new AuthorizationRule(AclOperation.AlterConfigs, ResourceType.Topic, "for topics"),
        new AuthorizationRule(AclOperation.AlterConfigs, ResourceType.Group, "for groups"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<AlterConfigsResponse?> HandleAsync(RequestContext context, AlterConfigsRequest request)
    {
        List<AlterConfigsResponse.AlterConfigsResourceResponse> refused = [];
        request.Resources.RemoveAll(resource =>
        {
            var error = ConfigAuthorization.Check(context, AclOperation.AlterConfigs, resource.ResourceType, resource.ResourceName);
            if (error != ErrorCode.None)
            {
                refused.Add(Failed(resource, error, error.Message()));
                return true;
            }

            if (NodeResource.WhyNotHere(resource.ResourceType, resource.ResourceName, identity.NodeId) is { } elsewhere)
            {
                refused.Add(Failed(resource, ErrorCode.InvalidRequest, elsewhere));
                return true;
            }

            return false;
        });
        var response = request.Resources.Count == 0
            ? new AlterConfigsResponse()
            : await SubmitAsync(context, request, (image, control) => ConfigManager.Alter(image, request, control), ControllerAccess.RequestTimeoutMs);
        response!.Responses.AddRange(refused);
        return response;
    }

    protected override AlterConfigsResponse ErrorResponse(AlterConfigsRequest request, ErrorCode error, string? message) =>
        new() { Responses = request.Resources.ConvertAll(resource => Failed(resource, error, message)) };

    protected override void SetThrottleTime(AlterConfigsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static AlterConfigsResponse.AlterConfigsResourceResponse Failed(
        AlterConfigsRequest.AlterConfigsResource resource, ErrorCode error, string? message) =>
        new() { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = error, ErrorMessage = message };
}
