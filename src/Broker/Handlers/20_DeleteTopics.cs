using Moldau.Controller;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DeleteTopics v1 to v6: by name, from v6 on also by id (KIP-516).</summary>
public sealed class DeleteTopicsHandler(ControllerAccess controller, MetadataLoader loader)
    : ControllerRequestHandler<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Delete, ResourceType.Topic);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<DeleteTopicsResponse?> HandleAsync(RequestContext context, DeleteTopicsRequest request)
    {
        List<DeleteTopicsResponse.DeletableTopicResult> refused = [];
        request.TopicNames.RemoveAll(name => Refuses(context, name, Uuid.Zero, refused));
        request.Topics.RemoveAll(topic => Refuses(context, topic.Name?.Value, topic.TopicId, refused));
        var response = request.TopicNames.Count + request.Topics.Count == 0
            ? new DeleteTopicsResponse()
            : await SubmitAsync(context, request, (image, control) => TopicManager.Delete(image, request, control), request.TimeoutMs);
        response!.Responses.AddRange(refused);
        return response;
    }

    protected override DeleteTopicsResponse ErrorResponse(DeleteTopicsRequest request, ErrorCode error, string? message)
    {
        var response = new DeleteTopicsResponse();
        foreach (var name in request.TopicNames)
        {
            response.Responses.Add(new() { Name = name, ErrorCode = error, ErrorMessage = message });
        }

        foreach (var topic in request.Topics)
        {
            response.Responses.Add(new() { Name = topic.Name, TopicId = topic.TopicId, ErrorCode = error, ErrorMessage = message });
        }

        return response;
    }

    protected override void SetThrottleTime(DeleteTopicsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    /// <summary>Who may not describe the topic either is not told its name.</summary>
    private bool Refuses(RequestContext context, string? name, Uuid topicId, List<DeleteTopicsResponse.DeletableTopicResult> refused)
    {
        var known = name ?? loader.Image.Topics.Find(topicId)?.Name;
        if (known is null || context.May(AclOperation.Delete, ResourceType.Topic, known))
        {
            return false;
        }

        var shown = name is not null || context.May(AclOperation.Describe, ResourceType.Topic, known) ? known : null;
        refused.Add(new() { Name = shown is null ? default(TopicName?) : new TopicName(shown), TopicId = topicId, ErrorCode = ErrorCode.TopicAuthorizationFailed });
        return true;
    }
}
