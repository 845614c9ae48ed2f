using Moldau.Coordination;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>OffsetDelete v0 (KIP-496): offsets of topics that nobody in the group subscribes to.</summary>
public sealed class OffsetDeleteHandler(MetadataLoader loader, GroupCoordinator groups) : RequestHandler<OffsetDeleteRequest, OffsetDeleteResponse>(ApiKey.OffsetDelete)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Delete, ResourceType.Group),
        new AuthorizationRule(AclOperation.Read, ResourceType.Topic));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<OffsetDeleteResponse?> HandleAsync(RequestContext context, OffsetDeleteRequest request)
    {
        if (!context.May(AclOperation.Delete, ResourceType.Group, request.GroupId))
        {
            return ErrorResponse(request, ErrorCode.GroupAuthorizationFailed, null);
        }

        var image = loader.Image;
        var refused = new List<OffsetDeleteResponse.OffsetDeleteResponseTopic>();
        foreach (var topic in request.Topics)
        {
            var known = image.Topics.Find(topic.Name);
            var error = !context.May(AclOperation.Read, ResourceType.Topic, topic.Name) ? ErrorCode.TopicAuthorizationFailed : ErrorCode.UnknownTopicOrPartition;
            var unknown = topic.Partitions.FindAll(
                partition => error == ErrorCode.TopicAuthorizationFailed || known?.Partition(partition.PartitionIndex) is null);
            if (unknown.Count > 0)
            {
                refused.Add(new() { Name = topic.Name, Partitions = unknown.ConvertAll(partition => Refused(partition, error)) });
                topic.Partitions.RemoveAll(unknown.Contains);
            }
        }

        request.Topics.RemoveAll(topic => topic.Partitions.Count == 0);
        var response = await groups.DeleteOffsetsAsync(request);
        if (response.ErrorCode == ErrorCode.None)
        {
            Merge(response, refused);
        }

        return response;
    }

    protected override OffsetDeleteResponse ErrorResponse(OffsetDeleteRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(OffsetDeleteResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static OffsetDeleteResponse.OffsetDeleteResponsePartition Refused(OffsetDeleteRequest.OffsetDeleteRequestPartition partition, ErrorCode error) =>
        new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error };

    private static void Merge(OffsetDeleteResponse response, List<OffsetDeleteResponse.OffsetDeleteResponseTopic> refused)
    {
        foreach (var topic in refused)
        {
            if (response.Topics.Find(answered => answered.Name == topic.Name) is { } same)
            {
                same.Partitions.AddRange(topic.Partitions);
            }
            else
            {
                response.Topics.Add(topic);
            }
        }
    }
}
