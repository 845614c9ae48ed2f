using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

public static partial class ClusterManager
{
    private const sbyte Fence = 1;
    private const sbyte Unfence = -1;
    private const short FencingVersion = 0;
    private const short ControlledShutdownVersion = 1;
    private const short LogDirsVersion = 2;
    private const short CordonedLogDirsVersion = 3;

    /// <summary>
    /// A sign of life. A broker is unfenced once it has read its own registration, fenced when it asks, and on its way out loses its leaderships first.
    /// The caller records the contact in the sessions.
    /// </summary>
    public static ControllerResult<BrokerHeartbeatResponse> Heartbeat(
        MetadataImage image, BrokerHeartbeatRequest request, ControlContext context, BrokerSessions sessions)
    {
        int id = request.BrokerId;
        ApiError stale = CheckEpoch(image, id, request.BrokerEpoch);
        if (stale.IsError)
        {
            return ControllerResult<BrokerHeartbeatResponse>.Answer(new() { ErrorCode = stale.Code });
        }

        BrokerRegistration broker = image.Cluster.Broker(id)!;
        bool isCaughtUp = request.CurrentMetadataOffset >= (sessions.Find(id)?.RegistrationOffset ?? broker.Epoch);
        BrokerState next = NextState(image, broker, request, isCaughtUp, sessions);
        var records = new List<MetadataRecord>();
        if (next != CurrentState(broker))
        {
            ChangeState(new TopicView(image, context.Node), broker, next, records);
        }

        if (image.MetadataVersion.IsDirectoryAssignmentSupported)
        {
            UpdateDirectories(new TopicView(image, context.Node), broker, request, records);
        }

        return new(
            records,
            new BrokerHeartbeatResponse
            {
                IsCaughtUp = isCaughtUp,
                IsFenced = next is BrokerState.Fenced or BrokerState.ShutdownNow,
                ShouldShutDown = next == BrokerState.ShutdownNow,
            });
    }

    /// <summary>The records that fence a broker: it leaves all ISRs and leads nothing.</summary>
    public static void FenceBroker(TopicView view, BrokerRegistration broker, List<MetadataRecord> records)
    {
        LeadershipManager.UpdatePartitions(view, partition => partition.Isr.Contains(broker.Id) || partition.Leader == broker.Id, remove: broker.Id, -1, -1, records);
        records.Add(Change(broker, FencingVersion, static record => record.Fenced = Fence));
    }

    /// <summary>Fences the broker that has been silent longest, when one has been for too long. One at a time, so that the next one sees its effect.</summary>
    public static ControllerResult<int?> FenceStaleBroker(MetadataImage image, ControlContext context, BrokerSessions sessions)
    {
        BrokerRegistration? stale = sessions.FindStale(image, context.NowMs);
        if (stale is null)
        {
            return ControllerResult<int?>.Answer(null);
        }

        var records = new List<MetadataRecord>();
        FenceBroker(new TopicView(image, context.Node), stale, records);
        return new(records, stale.Id);
    }

    private static BrokerState CurrentState(BrokerRegistration broker) =>
        broker.InControlledShutdown && !broker.Fenced ? BrokerState.ControlledShutdown : broker.Fenced ? BrokerState.Fenced : BrokerState.Unfenced;

    private static BrokerState NextState(
        MetadataImage image, BrokerRegistration broker, BrokerHeartbeatRequest request, bool isCaughtUp, BrokerSessions sessions)
    {
        switch (CurrentState(broker))
        {
            case BrokerState.Fenced:
                if (request.WantShutDown)
                {
                    return BrokerState.ShutdownNow;
                }

                return !request.WantFence && isCaughtUp ? BrokerState.Unfenced : BrokerState.Fenced;

            case BrokerState.Unfenced:
                if (request.WantFence)
                {
                    return request.WantShutDown ? BrokerState.ShutdownNow : BrokerState.Fenced;
                }

                if (!request.WantShutDown)
                {
                    return BrokerState.Unfenced;
                }

                return !IsAlone(image, broker.Id) && HasLeaderships(image, broker.Id) ? BrokerState.ControlledShutdown : BrokerState.ShutdownNow;

            default:
                // It may go once it leads nothing and all others know that.
                long offset = sessions.Find(broker.Id)?.ControlledShutdownOffset ?? -1;
                return !HasLeaderships(image, broker.Id) && offset <= sessions.LowestActiveOffset(image)
                    ? BrokerState.ShutdownNow
                    : BrokerState.ControlledShutdown;
        }
    }

    /// <summary>
    /// True when the cluster has no other broker. One that goes then keeps what it leads: nobody can take it over or asks for it, and two changes of each partition with each restart are
    /// all that taking it away and giving it back would come to (Apache Kafka writes them). Its epochs stay too, as a clean stop leaves whole logs.
    /// </summary>
    private static bool IsAlone(MetadataImage image, int brokerId) => image.Cluster.Brokers.Count == 1 && image.Cluster.Broker(brokerId) is not null;

    private static bool HasLeaderships(MetadataImage image, int brokerId)
    {
        foreach (TopicImage topic in image.Topics.ById.Values)
        {
            foreach ((int _, PartitionRegistration partition) in topic.Partitions)
            {
                if (partition.Leader == brokerId)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void ChangeState(TopicView view, BrokerRegistration broker, BrokerState next, List<MetadataRecord> records)
    {
        switch (next)
        {
            case BrokerState.ShutdownNow when !broker.Fenced && IsAlone(view.Image, broker.Id):
                records.Add(Change(broker, FencingVersion, static record => record.Fenced = Fence));
                break;
            case BrokerState.Fenced or BrokerState.ShutdownNow:
                if (!broker.Fenced)
                {
                    FenceBroker(view, broker, records);
                }

                break;
            case BrokerState.Unfenced:
                records.Add(Change(broker, FencingVersion, static record => record.Fenced = Unfence));
                LeadershipManager.UpdatePartitions(view, static partition => !partition.HasLeader, -1, add: broker.Id, -1, records);
                break;
            case BrokerState.ControlledShutdown:
                records.Add(Change(broker, ControlledShutdownVersion, static record => record.InControlledShutdown = 1));
                LeadershipManager.UpdatePartitions(view, partition => partition.Isr.Contains(broker.Id), remove: broker.Id, -1, -1, records);
                break;
        }
    }

    private static void UpdateDirectories(TopicView view, BrokerRegistration broker, BrokerHeartbeatRequest request, List<MetadataRecord> records)
    {
        List<Uuid> failed = [.. request.OfflineLogDirs.Where(directory => broker.Directories.Contains(directory))];
        if (failed.Count > 0)
        {
            LeadershipManager.UpdatePartitions(
                view,
                partition => partition.Isr.Contains(broker.Id) && partition.DirectoryOf(broker.Id) is { } directory && failed.Contains(directory),
                remove: broker.Id,
                -1,
                -1,
                records);
            List<Uuid> online = [.. broker.Directories.Where(directory => !failed.Contains(directory))];
            records.Add(Change(broker, LogDirsVersion, record => record.LogDirs = online));
        }

        if (view.Image.MetadataVersion.IsCordonedLogDirsSupported
            && request.CordonedLogDirs is { } cordoned
            && (broker.CordonedDirectories is not { } known || !cordoned.Order().SequenceEqual(known)))
        {
            records.Add(Change(broker, CordonedLogDirsVersion, record => record.CordonedLogDirs = [.. cordoned]));
        }
    }

    private static MetadataRecord Change(BrokerRegistration broker, short version, Action<BrokerRegistrationChangeRecord> set)
    {
        var record = new BrokerRegistrationChangeRecord { BrokerId = broker.Id, BrokerEpoch = broker.Epoch };
        set(record);
        return new(record, version);
    }
}
