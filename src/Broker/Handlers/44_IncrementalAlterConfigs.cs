using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>IncrementalAlterConfigs v0 and v1 (KIP-339): sets, removes, appends and subtracts single keys of topics, brokers, groups and client metrics.</summary>
public sealed class IncrementalAlterConfigsHandler(ControllerAccess controller, NodeIdentity identity)
    : ControllerRequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(ApiKey.IncrementalAlterConfigs, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.AlterConfigs, ResourceType.Cluster, "for brokers and client metrics"),
        new AuthorizationRule(AclOperation.AlterConfigs, ResourceType.Topic, "for topics"),
        new AuthorizationRule(AclOperation.AlterConfigs, ResourceType.Group, "for groups"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(RequestContext context, IncrementalAlterConfigsRequest request)
    {
        List<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse> refused = [];
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

            if ((ConfigResourceType)resource.ResourceType == ConfigResourceType.BrokerLogger)
            {
                refused.Add(RefuseLogger(resource));
                return true;
            }

            return false;
        });
        var response = request.Resources.Count == 0
            ? new IncrementalAlterConfigsResponse()
            : await SubmitAsync(context, request, (image, control) => ConfigManager.IncrementalAlter(image, request, control), ControllerAccess.RequestTimeoutMs);
        response!.Responses.AddRange(refused);
        return response;
    }

    protected override IncrementalAlterConfigsResponse ErrorResponse(IncrementalAlterConfigsRequest request, ErrorCode error, string? message) =>
        new() { Responses = request.Resources.ConvertAll(resource => Failed(resource, error, message)) };

    protected override void SetThrottleTime(IncrementalAlterConfigsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    /// <summary>Levels are set at the start only (log.level): no logger can be changed by name.</summary>
    private static IncrementalAlterConfigsResponse.AlterConfigsResourceResponse RefuseLogger(IncrementalAlterConfigsRequest.AlterConfigsResource resource)
    {
        var config = resource.Configs.Count > 0 ? resource.Configs[0] : null;
        return config is null ? Failed(resource, ErrorCode.None, null)
            : (ConfigOperation)config.ConfigOperation is ConfigOperation.Append or ConfigOperation.Subtract
                ? Failed(resource, ErrorCode.InvalidRequest, $"{((ConfigOperation)config.ConfigOperation == ConfigOperation.Append ? "APPEND" : "SUBTRACT")} operation is not allowed for the BROKER_LOGGER resource")
            : Failed(resource, ErrorCode.InvalidConfig, $"Logger {config.Name} does not exist!");
    }

    private static IncrementalAlterConfigsResponse.AlterConfigsResourceResponse Failed(
        IncrementalAlterConfigsRequest.AlterConfigsResource resource, ErrorCode error, string? message) =>
        new() { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = error, ErrorMessage = message };
}
