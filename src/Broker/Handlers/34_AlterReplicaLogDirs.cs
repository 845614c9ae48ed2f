using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>AlterReplicaLogDirs v1 and v2 (KIP-113): moves replicas of this broker to other log directories; the answer comes when the move has begun. v2 is flexible.</summary>
public sealed class AlterReplicaLogDirsHandler(ReplicaManager replicas, IWorkers workers) : RequestHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>(ApiKey.AlterReplicaLogDirs)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Alter, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    // It makes directories.
    protected override ValueTask<AlterReplicaLogDirsResponse?> HandleAsync(RequestContext context, AlterReplicaLogDirsRequest request) => new(workers.CallAsync(() => Handle(request)));

    protected override AlterReplicaLogDirsResponse ErrorResponse(AlterReplicaLogDirsRequest request, ErrorCode error, string? message) => Answer(request, (_, _) => error);

    protected override void SetThrottleTime(AlterReplicaLogDirsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private AlterReplicaLogDirsResponse? Handle(AlterReplicaLogDirsRequest request) => Answer(request, replicas.MoveTo);

    private static AlterReplicaLogDirsResponse Answer(AlterReplicaLogDirsRequest request, Func<TopicPartition, string, ErrorCode> resultOf)
    {
        var response = new AlterReplicaLogDirsResponse();
        var topics = new Dictionary<string, AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult>(StringComparer.Ordinal);
        foreach (var directory in request.Dirs)
        {
            foreach (var topic in directory.Topics)
            {
                if (!topics.TryGetValue(topic.Name, out var result))
                {
                    topics[topic.Name] = result = new() { TopicName = topic.Name };
                    response.Results.Add(result);
                }

                foreach (var index in topic.Partitions)
                {
                    result.Partitions.Add(new() { PartitionIndex = index, ErrorCode = resultOf(new TopicPartition(topic.Name, index), directory.Path) });
                }
            }
        }

        return response;
    }
}
