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
}
