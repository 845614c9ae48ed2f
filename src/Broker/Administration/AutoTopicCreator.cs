using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker;

/// <summary>Makes topics on demand through the controller, with num.partitions and default.replication.factor. Two requests for one name make it once: the second finds it there.</summary>
public sealed class AutoTopicCreator(ControllerAccess controller, MetadataLoader loader) : ITopicCreator
{
    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<string, ErrorCode>> CreateAsync(RequestContext context, IReadOnlyCollection<string> names)
    {
        // -1 takes the controller's defaults (KIP-464).
        var request = new CreateTopicsRequest
        {
            Topics = [.. names.Select(name => new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = -1, ReplicationFactor = -1 })],
        };
        var reply = await controller.SubmitAsync(context, (image, control) => TopicManager.Create(image, request, control), request.TimeoutMs);
        var errors = new Dictionary<string, ErrorCode>(names.Count, StringComparer.Ordinal);
        foreach (var name in names)
        {
            errors[name] = loader.Image.Topics.Find(name) is not null ? ErrorCode.None : ErrorOf(reply, name);
        }

        return errors;
    }

    /// <summary>What the client can do something about is told as it is; everything else asks it to come again.</summary>
    private static ErrorCode ErrorOf(in ControllerReply<CreateTopicsResponse> reply, string name)
    {
        var error = reply.IsError ? reply.Error.Code : reply.Response!.Topics.Find(topic => topic.Name == name)?.ErrorCode ?? ErrorCode.UnknownTopicOrPartition;
        return error is ErrorCode.InvalidTopicException or ErrorCode.InvalidReplicationFactor or ErrorCode.PolicyViolation ? error : ErrorCode.UnknownTopicOrPartition;
    }
}
