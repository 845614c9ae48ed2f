using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>ElectLeaders v0 to v2 (KIP-183, KIP-460): the preferred leader, or an unclean one where none is left.</summary>
public sealed class ElectLeadersHandler(ControllerAccess controller)
    : ControllerRequestHandler<ElectLeadersRequest, ElectLeadersResponse>(ApiKey.ElectLeaders, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Alter, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<ElectLeadersResponse?> HandleAsync(RequestContext context, ElectLeadersRequest request) =>
        SubmitAsync(context, request, (image, control) => LeadershipManager.ElectLeaders(image, request, control), request.TimeoutMs);

    protected override ElectLeadersResponse ErrorResponse(ElectLeadersRequest request, ErrorCode error, string? message) => new()
    {
        ErrorCode = error,
        ReplicaElectionResults = request.TopicPartitions?.ConvertAll(topic => new ElectLeadersResponse.ReplicaElectionResult
        {
            Topic = topic.Topic,
            PartitionResult = topic.Partitions.ConvertAll(
                partition => new ElectLeadersResponse.PartitionResult { PartitionId = partition, ErrorCode = error, ErrorMessage = message }),
        }) ?? [],
    };

    /// <summary>v0 has no error of the whole: each partition bears it.</summary>
    protected override ElectLeadersResponse ErrorResponse(RequestContext context, ElectLeadersRequest request, ErrorCode error, string? message)
    {
        var response = ErrorResponse(request, error, message);
        if (context.ApiVersion == 0)
        {
            response.ErrorCode = ErrorCode.None;
        }

        return response;
    }

    protected override void SetThrottleTime(ElectLeadersResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
