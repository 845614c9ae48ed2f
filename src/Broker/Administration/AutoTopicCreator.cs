using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker;

/// <summary>
/// Makes topics on demand through the controller, with num.partitions and default.replication.factor, the coordinators' own with what is configured for those. Two requests for one name make
/// it once: the second finds it there.
/// </summary>
public sealed class AutoTopicCreator(ControllerAccess controller, MetadataLoader loader, Func<NodeConfiguration> configuration) : ITopicCreator
{
    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<string, ErrorCode>> CreateAsync(RequestContext context, IReadOnlyCollection<string> names)
    {
        var node = configuration();
        var request = new CreateTopicsRequest { Topics = [.. names.Select(name => Creatable(name, node))] };
        var reply = await controller.SubmitAsync(context, (image, control) => TopicManager.Create(image, request, control), request.TimeoutMs);
        var errors = new Dictionary<string, ErrorCode>(names.Count, StringComparer.Ordinal);
        foreach (var name in names)
        {
            errors[name] = loader.Image.Topics.Find(name) is not null ? ErrorCode.None : ErrorOf(reply, name);
        }

        return errors;
    }

    private static CreateTopicsRequest.CreatableTopic Creatable(string name, NodeConfiguration node) => name switch
    {
        TopicNames.ConsumerOffsets => Internal(
            name,
            node.Int("offsets.topic.num.partitions"),
            node.Short("offsets.topic.replication.factor"),
            ("cleanup.policy", "compact"),
            ("compression.type", "producer"),
            ("segment.bytes", $"{node.Int("offsets.topic.segment.bytes")}")),
        TopicNames.TransactionState => Internal(
            name,
            node.Int("transaction.state.log.num.partitions"),
            node.Short("transaction.state.log.replication.factor"),
            ("cleanup.policy", "compact"),
            ("compression.type", "uncompressed"),
            ("unclean.leader.election.enable", "false"),
            ("min.insync.replicas", $"{node.Int("transaction.state.log.min.isr")}"),
            ("segment.bytes", $"{node.Int("transaction.state.log.segment.bytes")}")),
        TopicNames.ShareGroupState => Internal(
            name,
            node.Int("share.coordinator.state.topic.num.partitions"),
            node.Short("share.coordinator.state.topic.replication.factor"),
            ("cleanup.policy", "delete"),
            ("retention.ms", "-1"),
            ("min.insync.replicas", $"{node.Int("share.coordinator.state.topic.min.isr")}"),
            ("segment.bytes", $"{node.Int("share.coordinator.state.topic.segment.bytes")}")),

        // -1 takes the controller's defaults (KIP-464).
        _ => new() { Name = name, NumPartitions = -1, ReplicationFactor = -1 },
    };

    private static CreateTopicsRequest.CreatableTopic Internal(string name, int partitions, short replicationFactor, params ReadOnlySpan<(string Name, string Value)> configs)
    {
        var topic = new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = partitions, ReplicationFactor = replicationFactor };
        foreach (var (key, value) in configs)
        {
            topic.Configs.Add(new() { Name = key, Value = value });
        }

        return topic;
    }

    /// <summary>What the client can do something about is told as it is; everything else asks it to come again.</summary>
    private static ErrorCode ErrorOf(in ControllerReply<CreateTopicsResponse> reply, string name)
    {
        var error = reply.IsError ? reply.Error.Code : reply.Response!.Topics.Find(topic => topic.Name == name)?.ErrorCode ?? ErrorCode.UnknownTopicOrPartition;
        return error is ErrorCode.InvalidTopicException or ErrorCode.InvalidReplicationFactor or ErrorCode.PolicyViolation ? error : ErrorCode.UnknownTopicOrPartition;
    }
}
