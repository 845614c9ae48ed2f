using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// WriteTxnMarkers v1 to v2: transaction coordinators of other brokers end transactions here; an administrator ends one that hangs. v2 tells the version of the transaction (KIP-1228).
/// </summary>
public sealed class WriteTxnMarkersHandler(ITransactionMarkerWriter writer) : RequestHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponse>(ApiKey.WriteTxnMarkers)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Alter, ResourceType.Cluster),
        new AuthorizationRule(AclOperation.ClusterAction, ResourceType.Cluster, "instead"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<WriteTxnMarkersResponse?> HandleAsync(RequestContext context, WriteTxnMarkersRequest request)
    {
        if (!context.MayOnCluster(AclOperation.Alter, out _) && !context.MayOnCluster(AclOperation.ClusterAction, out var denied))
        {
            return ErrorResponse(request, denied, null);
        }

        var response = new WriteTxnMarkersResponse();
        var answers = await Task.WhenAll(request.Markers.ConvertAll(marker => writer.WriteAsync(Marker(marker), Partitions(marker))));
        for (var i = 0; i < answers.Length; i++)
        {
            Add(response, request.Markers[i].ProducerId, answers[i]);
        }

        return response;
    }

    protected override WriteTxnMarkersResponse ErrorResponse(WriteTxnMarkersRequest request, ErrorCode error, string? message)
    {
        var response = new WriteTxnMarkersResponse();
        foreach (var marker in request.Markers)
        {
            Add(response, marker.ProducerId, TransactionCoordinator.All(Partitions(marker), error));
        }

        return response;
    }

    private static TransactionMarker Marker(WriteTxnMarkersRequest.WritableTxnMarker marker) =>
        new(marker.ProducerId, marker.ProducerEpoch, marker.CoordinatorEpoch, marker.TransactionResult, marker.TransactionVersion);

    private static List<TopicPartition> Partitions(WriteTxnMarkersRequest.WritableTxnMarker marker)
    {
        var partitions = new List<TopicPartition>();
        foreach (var topic in marker.Topics)
        {
            foreach (var index in topic.PartitionIndexes)
            {
                partitions.Add(new TopicPartition(topic.Name, index));
            }
        }

        return partitions;
    }

    /// <summary>The answer has one entry for each producer, though several markers may be its.</summary>
    private static void Add(WriteTxnMarkersResponse response, ProducerId producerId, IReadOnlyDictionary<TopicPartition, ErrorCode> answers)
    {
        var producer = response.Markers.Find(known => known.ProducerId == producerId);
        if (producer is null)
        {
            producer = new() { ProducerId = producerId };
            response.Markers.Add(producer);
        }

        foreach (var (partition, error) in answers)
        {
            var topic = producer.Topics.Find(known => known.Name == partition.Topic);
            if (topic is null)
            {
                topic = new() { Name = partition.Topic };
                producer.Topics.Add(topic);
            }

            topic.Partitions.Add(new() { PartitionIndex = partition.Partition, ErrorCode = error });
        }
    }
}
