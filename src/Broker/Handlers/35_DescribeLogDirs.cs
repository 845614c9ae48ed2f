using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;
using Moldau.Security;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>DescribeLogDirs v1 to v5 (KIP-113): the log directories with what lies in them; v4 shows the volume (KIP-827), v5 which are cordoned.</summary>
public sealed class DescribeLogDirsHandler(LogManager logs, IDisk disk, IWorkers workers) : RequestHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    // It looks into every directory.
    protected override ValueTask<DescribeLogDirsResponse?> HandleAsync(RequestContext context, DescribeLogDirsRequest request) => new(workers.CallAsync(() => Handle(request)));

    private DescribeLogDirsResponse? Handle(DescribeLogDirsRequest request)
    {
        var response = new DescribeLogDirsResponse();
        foreach (var directory in logs.Directories)
        {
            response.Results.Add(directory.IsOnline
                ? TryDescribe(directory, request)
                : Offline(directory));
        }

        return response;
    }

    protected override DescribeLogDirsResponse ErrorResponse(DescribeLogDirsRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(DescribeLogDirsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static bool Wants(DescribeLogDirsRequest request, TopicPartition partition) =>
        request.Topics is not { } topics || topics.Exists(topic => topic.Topic == partition.Topic && topic.Partitions.Contains(partition.Partition));

    private static DescribeLogDirsResponse.DescribeLogDirsResult Offline(LogDirectory directory) => new() { LogDir = directory.Path, ErrorCode = ErrorCode.KafkaStorageError };

    private DescribeLogDirsResponse.DescribeLogDirsResult TryDescribe(LogDirectory directory, DescribeLogDirsRequest request)
    {
        try
        {
            return Describe(directory, request);
        }
        catch (DiskException)
        {
            return Offline(directory);
        }
    }

    private DescribeLogDirsResponse.DescribeLogDirsResult Describe(LogDirectory directory, DescribeLogDirsRequest request)
    {
        var space = disk.Space(directory.Path);
        var result = new DescribeLogDirsResponse.DescribeLogDirsResult { LogDir = directory.Path, TotalBytes = space.TotalBytes, UsableBytes = space.UsableBytes };
        result.IsCordoned = directory.IsCordoned;
        Add(result, directory, request, logs.EachLog(), isFuture: false);
        Add(result, directory, request, logs.FutureLogs, isFuture: true);
        return result;
    }

    private void Add(DescribeLogDirsResponse.DescribeLogDirsResult result, LogDirectory directory, DescribeLogDirsRequest request, IEnumerable<PartitionLog> all, bool isFuture)
    {
        foreach (var byTopic in all.Where(log => log.LogDirectory == directory.Path && Wants(request, log.Partition)).GroupBy(log => log.Partition.Topic))
        {
            var topic = result.Topics.Find(known => known.Name == byTopic.Key);
            if (topic is null)
            {
                topic = new() { Name = byTopic.Key };
                result.Topics.Add(topic);
            }

            foreach (var log in byTopic)
            {
                topic.Partitions.Add(new() { PartitionIndex = log.Partition.Partition, PartitionSize = log.SizeOnDisk(), OffsetLag = Lag(log, isFuture), IsFutureKey = isFuture });
            }
        }
    }

    /// <summary>A current log lags behind its own high watermark (a follower's), a future one behind the current log.</summary>
    private long Lag(PartitionLog log, bool isFuture) =>
        Math.Max(0, (isFuture ? logs.Find(log.Partition)?.LogEndOffset ?? log.LogEndOffset : log.HighWatermark) - log.LogEndOffset);
}
