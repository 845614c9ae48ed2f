using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DeleteRecords v0 to v2 (KIP-107): moves the log start offset up; -1 stands for the high watermark. The files go with the next retention run.</summary>
public sealed class DeleteRecordsHandler(MetadataLoader loader, ReplicaManager replicas, IWorkers workers)
    : RequestHandler<DeleteRecordsRequest, DeleteRecordsResponse>(ApiKey.DeleteRecords)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Delete, ResourceType.Topic);

    private const long ToHighWatermark = -1;
    private const long InvalidLowWatermark = -1;

    public override AuthorizationRequirement Authorization => Required;

    // It changes files.
    protected override ValueTask<DeleteRecordsResponse?> HandleAsync(RequestContext context, DeleteRecordsRequest request) =>
        new(workers.CallAsync(() => Handle(context, request)));

    private DeleteRecordsResponse? Handle(RequestContext context, DeleteRecordsRequest request)
    {
        var image = loader.Image;
        var response = new DeleteRecordsResponse { Topics = new(request.Topics.Count) };
        foreach (var topic in request.Topics)
        {
            var error = !context.May(AclOperation.Delete, ResourceType.Topic, topic.Name) ? ErrorCode.TopicAuthorizationFailed
                : image.Topics.Find(topic.Name) is null ? ErrorCode.UnknownTopicOrPartition
                : TopicNames.IsInternal(topic.Name) ? ErrorCode.InvalidTopicException
                : ErrorCode.None;
            response.Topics.Add(new()
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(
                    partition => error != ErrorCode.None ? Failed(partition.PartitionIndex, error) : Delete(topic.Name, partition.PartitionIndex, partition.Offset)),
            });
        }

        return response;
    }

    protected override DeleteRecordsResponse ErrorResponse(DeleteRecordsRequest request, ErrorCode error, string? message) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new DeleteRecordsResponse.DeleteRecordsTopicResult
        {
            Name = topic.Name,
            Partitions = topic.Partitions.ConvertAll(partition => Failed(partition.PartitionIndex, error)),
        }),
    };

    protected override void SetThrottleTime(DeleteRecordsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static DeleteRecordsResponse.DeleteRecordsPartitionResult Failed(int partition, ErrorCode error) =>
        new() { PartitionIndex = partition, ErrorCode = error, LowWatermark = InvalidLowWatermark };

    private DeleteRecordsResponse.DeleteRecordsPartitionResult Delete(TopicName topic, int index, long offset)
    {
        if (loader.Image.Topics.FindPartition(topic, index) is null)
        {
            return Failed(index, ErrorCode.UnknownTopicOrPartition);
        }

        var partition = replicas.Find(topic, index, out var error);
        if (partition is not null)
        {
            error = partition.CheckLeader(-1);
        }

        if (error != ErrorCode.None)
        {
            return Failed(index, error);
        }

        if (!partition!.Log.Config.Delete && partition.Log.Config.Compact)
        {
            return Failed(index, ErrorCode.PolicyViolation);
        }

        try
        {
            return Delete(partition, offset);
        }
        catch (DiskException)
        {
            return Failed(index, ErrorCode.KafkaStorageError);
        }
    }

    private static DeleteRecordsResponse.DeleteRecordsPartitionResult Delete(Partition partition, long offset)
    {
        int index = partition.Id.Partition;
        var target = offset == ToHighWatermark ? partition.Log.HighWatermark : offset;
        var error = target < 0 ? ErrorCode.OffsetOutOfRange : partition.Log.IncrementLogStartOffset(target);
        if (error != ErrorCode.None)
        {
            return Failed(index, error);
        }

        partition.Wake();
        return new() { PartitionIndex = index, LowWatermark = partition.Log.LogStartOffset };
    }
}
