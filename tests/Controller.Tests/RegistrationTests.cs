using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller.Tests;

public sealed class RegistrationTests
{
    [Fact]
    public void A_broker_comes_back_after_a_kill_with_more_partitions_than_one_batch_of_records_has_room_for()
    {
        const int Partitions = 10_001;
        MetadataImage image = Fixtures.Cluster(1);
        var records = new List<MetadataRecord> { new(new TopicRecord { Name = "t", TopicId = Fixtures.TopicId }, 0) };
        for (int index = 0; index < Partitions; index++)
        {
            records.Add(new(new PartitionRecord { TopicId = Fixtures.TopicId, PartitionId = index, Replicas = [1], Isr = [1], Leader = 1, Directories = [new Uuid(2, 1)] }, 2));
        }

        image = image.With([.. records]);
        var request = new BrokerRegistrationRequest { BrokerId = 1, ClusterId = "cluster", IncarnationId = new Uuid(9, 9), LogDirs = [new Uuid(2, 1)], PreviousBrokerEpoch = -1 };
        foreach ((string name, VersionRange range) in KnownFeatures.SupportedRanges)
        {
            request.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        ControllerResult<BrokerRegistrationResponse> result =
            ClusterManager.RegisterBroker(image, request, Fixtures.Context(BrokerRegistrationRequest.HighestVersion), new BrokerSessions(9000, 1));

        result.Response.ErrorCode.ShouldBe(ErrorCode.None);
        result.Records.Count.ShouldBe(Partitions + 1);
        result.IsAtomic.ShouldBeFalse("an atomic append takes at most 10000 records");
        var registered = result.Records[^1].Message.ShouldBeOfType<RegisterBrokerRecord>();
        ((long)registered.BrokerEpoch).ShouldBe(1000 + Partitions);
    }

    [Fact]
    public void A_broker_whose_heartbeat_waits_for_its_answer_is_not_silent()
    {
        MetadataImage image = Fixtures.Cluster(1);
        var sessions = new BrokerSessions(9000);
        sessions.Open(1, 0);
        sessions.FindStale(image, 9000)!.Id.ShouldBe(1);
        sessions.BeginContact(1);
        sessions.FindStale(image, 60_000).ShouldBeNull();
        sessions.EndContact(1, 60_000);
        sessions.FindStale(image, 68_999).ShouldBeNull();
        sessions.FindStale(image, 69_000)!.Id.ShouldBe(1);
    }

    [Fact]
    public void A_broker_that_is_alone_stops_and_comes_back_without_a_change_of_its_partitions()
    {
        MetadataImage image = Fixtures.Cluster(1, elr: true).WithTopic([1]);
        PartitionRegistration before = image.Topics.FindPartition("t", 0)!;
        ControllerResult<BrokerHeartbeatResponse> leave = Leave(image, 1, 101);
        leave.Response.ShouldShutDown.ShouldBeTrue();
        leave.Records.Count.ShouldBe(1, "the broker is fenced, and nothing else");
        image = image.With([.. leave.Records]);
        image.Cluster.Broker(1)!.Fenced.ShouldBeTrue();

        ControllerResult<BrokerRegistrationResponse> back = Register(image, 1, previousEpoch: 101);
        back.Response.ErrorCode.ShouldBe(ErrorCode.None);
        image = image.With([.. back.Records]);
        image = image.With([.. Beat(image, 1, back.Response.BrokerEpoch).Records]);
        image.Cluster.Broker(1)!.Fenced.ShouldBeFalse();
        image.Topics.FindPartition("t", 0).ShouldBe(before);
    }

    [Theory]
    [InlineData(-1, 1, "it was killed")]
    [InlineData(100, 1, "a directory stopped in good order in another epoch only")]
    [InlineData(101, 7, "the directory is another one")]
    public void A_broker_that_is_alone_and_may_have_lost_records_leads_in_a_new_epoch(long previousEpoch, ulong directory, string why)
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        int epoch = image.Topics.FindPartition("t", 0)!.LeaderEpoch;
        image = image.With([.. Leave(image, 1, 101).Records]);
        ControllerResult<BrokerRegistrationResponse> back = Register(image, 1, previousEpoch, directory);
        image = image.With([.. back.Records]);
        PartitionRegistration partition = image.Topics.FindPartition("t", 0)!;
        partition.HasLeader.ShouldBeFalse(why);
        partition.LeaderEpoch.ShouldBe(epoch + 1, why);
    }

    [Fact]
    public void A_broker_that_stopped_when_it_was_alone_loses_what_it_leads_when_another_comes_before_it_is_back()
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        image = image.With([.. Leave(image, 1, 101).Records]);
        ControllerResult<BrokerRegistrationResponse> other = Register(image, 2, previousEpoch: -1, directory: 2);
        image = image.With([.. other.Records]);
        image.Topics.FindPartition("t", 0)!.HasLeader.ShouldBeFalse("nobody may be sent to a broker that is away");
        ((long)other.Records[^1].Message.ShouldBeOfType<RegisterBrokerRecord>().BrokerEpoch).ShouldBe(1001, "the epoch is the offset of the registration");

        ControllerResult<BrokerRegistrationResponse> back = Register(image, 1, previousEpoch: 101);
        image = image.With([.. back.Records]);
        image = image.With([.. Beat(image, 1, back.Response.BrokerEpoch).Records]);
        image.Topics.FindPartition("t", 0)!.Leader.ShouldBe(1);
    }

    [Fact]
    public void A_broker_that_is_not_alone_gives_away_what_it_leads_before_it_stops()
    {
        MetadataImage image = Fixtures.Cluster(2).WithTopic([1, 2]);
        ControllerResult<BrokerHeartbeatResponse> leave = Leave(image, 1, 101);
        leave.Response.ShouldShutDown.ShouldBeFalse();
        image = image.With([.. leave.Records]);
        image.Topics.FindPartition("t", 0)!.Leader.ShouldBe(2);
    }

    private static ControllerResult<BrokerHeartbeatResponse> Leave(MetadataImage image, int id, long epoch) => ClusterManager.Heartbeat(
        image, new BrokerHeartbeatRequest { BrokerId = id, BrokerEpoch = epoch, WantShutDown = true }, Fixtures.Context(), new BrokerSessions(9000));

    private static ControllerResult<BrokerHeartbeatResponse> Beat(MetadataImage image, int id, long epoch) => ClusterManager.Heartbeat(
        image, new BrokerHeartbeatRequest { BrokerId = id, BrokerEpoch = epoch, CurrentMetadataOffset = long.MaxValue }, Fixtures.Context(), new BrokerSessions(9000));

    private static ControllerResult<BrokerRegistrationResponse> Register(MetadataImage image, int id, long previousEpoch, ulong directory = 1)
    {
        var request = new BrokerRegistrationRequest
        {
            BrokerId = id,
            ClusterId = "cluster",
            IncarnationId = new Uuid(9, (ulong)id),
            LogDirs = [new Uuid(2, directory)],
            PreviousBrokerEpoch = previousEpoch,
        };
        foreach ((string name, VersionRange range) in KnownFeatures.SupportedRanges)
        {
            request.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        return ClusterManager.RegisterBroker(image, request, Fixtures.Context(BrokerRegistrationRequest.HighestVersion), new BrokerSessions(9000));
    }
}
