using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// OffsetFetch v1 to v10: v2 may ask for all topics and has an error of its own, v5 adds leader epochs, v7 asks for stable offsets (KIP-447), v8 for several groups (KIP-709), v9 names the member
/// (KIP-848), v10 has topic ids.
/// </summary>
public sealed class OffsetFetchHandler(MetadataLoader loader, GroupCoordinator groups) : RequestHandler<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch)
{
    private const short GroupErrorVersion = 2;
    private const short BatchedVersion = 8;
    private const short TopicIdVersion = 10;

    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Describe, ResourceType.Group),
        new AuthorizationRule(AclOperation.Describe, ResourceType.Topic));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<OffsetFetchResponse?> HandleAsync(RequestContext context, OffsetFetchRequest request)
    {
        if (context.ApiVersion < BatchedVersion)
        {
            return Single(request, await FetchAsync(context, Only(request), request.RequireStable), context.ApiVersion);
        }

        var all = request.Groups.ConvertAll(group => FetchAsync(context, group, request.RequireStable));
        return new OffsetFetchResponse { Groups = [.. await Task.WhenAll(all)] };
    }

    protected override OffsetFetchResponse ErrorResponse(OffsetFetchRequest request, ErrorCode error, string? message) =>
        new() { Groups = request.Groups.ConvertAll(group => Failed(group.GroupId, error)) };

    protected override OffsetFetchResponse ErrorResponse(RequestContext context, OffsetFetchRequest request, ErrorCode error, string? message) =>
        context.ApiVersion < BatchedVersion ? Single(request, Failed(request.GroupId, error), context.ApiVersion) : ErrorResponse(request, error, message);

    protected override void SetThrottleTime(OffsetFetchResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static OffsetFetchResponse.OffsetFetchResponseGroup Failed(GroupId group, ErrorCode error) => new() { GroupId = group, ErrorCode = error };

    /// <summary>The one group of older versions in the form of later ones.</summary>
    private static OffsetFetchRequest.OffsetFetchRequestGroup Only(OffsetFetchRequest request) => new()
    {
        GroupId = request.GroupId,
        MemberId = null,
        Topics = request.Topics?.ConvertAll(topic => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = topic.Name, PartitionIndexes = topic.PartitionIndexes }),
    };

    /// <summary>The one group's answer in the form of older versions. Version 1 has no place for an error but the partitions.</summary>
    private static OffsetFetchResponse Single(OffsetFetchRequest request, OffsetFetchResponse.OffsetFetchResponseGroup group, short version)
    {
        if (group.ErrorCode != ErrorCode.None && version < GroupErrorVersion)
        {
            return new OffsetFetchResponse
            {
                Topics = request.Topics?.ConvertAll(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Name,
                    Partitions = topic.PartitionIndexes.ConvertAll(index => new OffsetFetchResponse.OffsetFetchResponsePartition
                    {
                        PartitionIndex = index,
                        CommittedOffset = -1,
                        Metadata = "",
                        ErrorCode = group.ErrorCode,
                    }),
                }) ?? [],
            };
        }

        return new OffsetFetchResponse
        {
            ErrorCode = group.ErrorCode,
            Topics = group.Topics.ConvertAll(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    CommittedOffset = partition.CommittedOffset,
                    CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
                    Metadata = partition.Metadata,
                    ErrorCode = partition.ErrorCode,
                }),
            }),
        };
    }

    private Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(RequestContext context, OffsetFetchRequest.OffsetFetchRequestGroup group, bool requireStable) =>
        !context.May(AclOperation.Describe, ResourceType.Group, group.GroupId) ? Task.FromResult(Failed(group.GroupId, ErrorCode.GroupAuthorizationFailed))
        : group.Topics is null ? FetchAllAsync(context, group, requireStable)
        : FetchSomeAsync(context, group, requireStable);

    /// <summary>Topics that the client may not see are left out, and, where ids name them, topics that are gone.</summary>
    private async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAllAsync(
        RequestContext context, OffsetFetchRequest.OffsetFetchRequestGroup group, bool requireStable)
    {
        var response = await groups.FetchOffsetsAsync(group, requireStable);
        var image = loader.Image;
        response.Topics.RemoveAll(topic => !context.May(AclOperation.Describe, ResourceType.Topic, topic.Name));
        if (context.ApiVersion >= TopicIdVersion)
        {
            foreach (var topic in response.Topics)
            {
                topic.TopicId = image.Topics.Find(topic.Name)?.Id ?? Uuid.Zero;
            }

            response.Topics.RemoveAll(topic => topic.TopicId == Uuid.Zero);
        }

        return response;
    }

    private async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchSomeAsync(
        RequestContext context, OffsetFetchRequest.OffsetFetchRequestGroup group, bool requireStable)
    {
        var image = loader.Image;
        var refused = new List<OffsetFetchResponse.OffsetFetchResponseTopics>();
        var accepted = new List<OffsetFetchRequest.OffsetFetchRequestTopics>(group.Topics!.Count);
        foreach (var topic in group.Topics)
        {
            var isUnknownId = false;
            if (context.ApiVersion >= TopicIdVersion)
            {
                isUnknownId = image.Topics.Find(topic.TopicId) is null;
                topic.Name = image.Topics.Find(topic.TopicId)?.Name ?? "";
            }

            var error = isUnknownId ? ErrorCode.UnknownTopicId
                : !context.May(AclOperation.Describe, ResourceType.Topic, topic.Name) ? ErrorCode.TopicAuthorizationFailed
                : ErrorCode.None;
            if (error == ErrorCode.None)
            {
                accepted.Add(topic);
                continue;
            }

            refused.Add(new()
            {
                Name = topic.Name,
                TopicId = topic.TopicId,
                Partitions = topic.PartitionIndexes.ConvertAll(index => new OffsetFetchResponse.OffsetFetchResponsePartitions
                {
                    PartitionIndex = index,
                    CommittedOffset = -1,
                    Metadata = "",
                    ErrorCode = error,
                }),
            });
        }

        group.Topics = accepted;
        var response = await groups.FetchOffsetsAsync(group, requireStable);
        if (response.ErrorCode == ErrorCode.None)
        {
            response.Topics.AddRange(refused);
        }

        return response;
    }
}
