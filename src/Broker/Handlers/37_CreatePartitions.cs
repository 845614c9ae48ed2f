using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>CreatePartitions v0 to v3 (KIP-195): raises the number of partitions of topics.</summary>
public sealed class CreatePartitionsHandler(ControllerAccess controller)
    : ControllerRequestHandler<CreatePartitionsRequest, CreatePartitionsResponse>(ApiKey.CreatePartitions, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Alter, ResourceType.Topic);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<CreatePartitionsResponse?> HandleAsync(RequestContext context, CreatePartitionsRequest request)
    {
        List<CreatePartitionsResponse.CreatePartitionsTopicResult> refused = [];
        request.Topics.RemoveAll(topic =>
        {
            if (context.May(AclOperation.Alter, ResourceType.Topic, topic.Name))
            {
                return false;
            }

            refused.Add(new() { Name = topic.Name, ErrorCode = ErrorCode.TopicAuthorizationFailed });
            return true;
        });
        var response = request.Topics.Count == 0
            ? new CreatePartitionsResponse()
            : await SubmitAsync(context, request, (image, control) => TopicManager.CreatePartitions(image, request, control), request.TimeoutMs);
        response!.Results.AddRange(refused);
        return response;
    }

    protected override CreatePartitionsResponse ErrorResponse(CreatePartitionsRequest request, ErrorCode error, string? message) => new()
    {
        Results = request.Topics.ConvertAll(topic => new CreatePartitionsResponse.CreatePartitionsTopicResult { Name = topic.Name, ErrorCode = error, ErrorMessage = message }),
    };

    protected override void SetThrottleTime(CreatePartitionsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
