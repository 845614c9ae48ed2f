using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>CreateTopics v2 to v7. v4 takes -1 for the defaults, v5 shows the configuration, v7 the topic id. Each topic succeeds or fails alone.</summary>
public sealed class CreateTopicsHandler(ControllerAccess controller)
    : ControllerRequestHandler<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Create, ResourceType.Cluster, "or Create on the topic"),
        new AuthorizationRule(AclOperation.Create, ResourceType.Topic, "without Create on the cluster"),
        new AuthorizationRule(AclOperation.DescribeConfigs, ResourceType.Topic, "to see the configuration in the answer"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<CreateTopicsResponse?> HandleAsync(RequestContext context, CreateTopicsRequest request)
    {
        List<CreateTopicsResponse.CreatableTopicResult> refused = [];
        var onCluster = context.MayOnCluster(AclOperation.Create, out _);
        request.Topics.RemoveAll(topic => Refuses(context, topic.Name, onCluster, refused));
        var response = request.Topics.Count == 0
            ? new CreateTopicsResponse()
            : await SubmitAsync(context, request, (image, control) => TopicManager.Create(image, request, control), request.TimeoutMs);
        response!.Topics.AddRange(refused);
        return response;
    }

    protected override CreateTopicsResponse ErrorResponse(CreateTopicsRequest request, ErrorCode error, string? message) =>
        TopicManager.Refuse(request, new ApiError(error, message));

    protected override void SetThrottleTime(CreateTopicsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static bool Refuses(RequestContext context, string name, bool onCluster, List<CreateTopicsResponse.CreatableTopicResult> refused)
    {
        if (name == TopicNames.ClusterMetadata)
        {
            Add(refused, name, ErrorCode.InvalidRequest, $"Creation of internal topic {name} is prohibited.");
            return true;
        }

        if (onCluster || context.May(AclOperation.Create, ResourceType.Topic, name))
        {
            return false;
        }

        Add(refused, name, ErrorCode.TopicAuthorizationFailed, "Authorization failed.");
        return true;
    }

    /// <summary>A name that stands twice in the request gets one answer.</summary>
    private static void Add(List<CreateTopicsResponse.CreatableTopicResult> refused, string name, ErrorCode error, string message)
    {
        if (!refused.Exists(result => result.Name == name))
        {
            refused.Add(new() { Name = name, ErrorCode = error, ErrorMessage = message });
        }
    }
}
