using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller.Tests;

public sealed class LeadershipTests
{
    [Fact]
    public void A_silent_broker_is_fenced_and_another_in_sync_leads()
    {
        MetadataImage image = Fixtures.Cluster(3).WithTopic([1, 2, 3]);
        var sessions = new BrokerSessions(9000);
        sessions.Reset(image, 0);
        sessions.Touch(2, 8000, 1);
        sessions.Touch(3, 8000, 1);
        ControllerResult<int?> result = ClusterManager.FenceStaleBroker(image, Fixtures.Context(nowMs: 9000), sessions);
        result.Response.ShouldBe(1);
        image = image.After(result);
        image.Cluster.Broker(1)!.Fenced.ShouldBeTrue();
        PartitionRegistration partition = image.Partition();
        partition.Leader.ShouldBe(2);
        partition.Isr.ShouldBe([2, 3]);
        partition.LeaderEpoch.ShouldBe(1);
        ClusterManager.FenceStaleBroker(image, Fixtures.Context(nowMs: 9000), sessions).Response.ShouldBeNull();
    }

    [Fact]
    public void Without_ELR_the_last_in_sync_replica_stays_in_the_ISR_of_a_leaderless_partition()
    {
        MetadataImage image = Fixtures.Cluster(2).WithTopic([1, 2], isr: [1]);
        image = Fence(image, 1);
        image.Partition().Leader.ShouldBe(PartitionRegistration.NoLeader);
        image.Partition().Isr.ShouldBe([1]);
        image = Unfence(image, 1);
        image.Partition().Leader.ShouldBe(1);
    }

    [Fact]
    public void With_ELR_those_who_were_complete_below_min_isr_may_lead_again()
    {
        MetadataImage image = Fixtures.Cluster(2, elr: true).WithTopic([1, 2]).With(
            Fixtures.Record(new ConfigRecord { ResourceType = 2, ResourceName = "t", Name = "min.insync.replicas", Value = "2" }));
        image = Fence(image, 2);
        image.Partition().Isr.ShouldBe([1]);
        image.Partition().Elr.ShouldBe([2]);
        image = Fence(image, 1);
        image.Partition().Isr.ShouldBeEmpty();
        image.Partition().Elr.Order().ShouldBe([1, 2]);
        image.Partition().LastKnownElr.ShouldBe([1]);
        image = Unfence(image, 2);
        image.Partition().Leader.ShouldBe(2);
        image.Partition().Isr.ShouldBe([2]);
        image.Partition().Elr.ShouldBe([1]);
        image.Partition().RecoveryState.ShouldBe(LeaderRecoveryState.Recovered);
    }

    [Fact]
    public void The_preferred_leader_is_elected_when_it_can_lead()
    {
        MetadataImage image = Fixtures.Cluster(2).WithTopic([1, 2], leader: 2);
        ControllerResult<ElectLeadersResponse> result = Elect(image, 0);
        result.Response.ReplicaElectionResults[0].PartitionResult[0].ErrorCode.ShouldBe(ErrorCode.None);
        image = image.After(result);
        image.Partition().Leader.ShouldBe(1);
        Elect(image, 0).Response.ReplicaElectionResults[0].PartitionResult[0].ErrorCode.ShouldBe(ErrorCode.ElectionNotNeeded);
    }

    [Fact]
    public void An_unclean_election_takes_a_replica_that_is_not_in_sync_and_marks_it_recovering()
    {
        MetadataImage image = Fence(Fixtures.Cluster(2).WithTopic([1, 2], isr: [1]), 1);
        image = image.After(Elect(image, 1));
        image.Partition().Leader.ShouldBe(2);
        image.Partition().Isr.ShouldBe([2]);
        image.Partition().RecoveryState.ShouldBe(LeaderRecoveryState.Recovering);
    }

    [Fact]
    public void Leaderships_go_back_to_the_preferred_replicas_by_themselves()
    {
        MetadataImage image = Fixtures.Cluster(2).WithTopic([1, 2], leader: 2);
        ControllerResult<bool> result = LeadershipManager.BalanceLeaders(image, Fixtures.Context());
        result.Response.ShouldBeFalse();
        image = image.After(result);
        image.Partition().Leader.ShouldBe(1);
        LeadershipManager.BalanceLeaders(image, Fixtures.Context()).Records.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("false", PartitionRegistration.NoLeader)]
    [InlineData("true", 2)]
    public void Only_a_topic_that_allows_it_gets_a_leader_that_was_not_in_sync(string unclean, int leader)
    {
        MetadataImage image = Fence(Fixtures.Cluster(2).WithTopic([1, 2], isr: [1]), 1).With(
            Fixtures.Record(new ConfigRecord { ResourceType = 2, ResourceName = "t", Name = "unclean.leader.election.enable", Value = unclean }));
        image = image.After(LeadershipManager.ElectUncleanLeaders(image, Fixtures.Context()));
        image.Partition().Leader.ShouldBe(leader);
    }

    [Fact]
    public void A_leader_alters_its_ISR()
    {
        MetadataImage image = Fixtures.Cluster(3).WithTopic([1, 2, 3]);
        ControllerResult<AlterPartitionResponse> result = Alter(image, 1, 101, 0, [1, 2]);
        AlterPartitionResponse.PartitionData answer = result.Response.Topics[0].Partitions[0];
        (answer.ErrorCode, answer.PartitionEpoch).ShouldBe((ErrorCode.None, 1));
        image.After(result).Partition().Isr.ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData(2, 102, 0, "1,2", ErrorCode.InvalidRequest)]
    [InlineData(1, 101, 1, "1,2", ErrorCode.NotController)]
    [InlineData(1, 101, 0, "2", ErrorCode.InvalidRequest)]
    [InlineData(1, 101, 0, "1,9", ErrorCode.InvalidRequest)]
    public void A_wrong_alteration_is_refused(int broker, long epoch, int partitionEpoch, string isr, ErrorCode code)
    {
        MetadataImage image = Fixtures.Cluster(3).WithTopic([1, 2, 3]);
        int[] ids = [.. isr.Split(',').Select(int.Parse)];
        ControllerResult<AlterPartitionResponse> result = Alter(image, broker, epoch, partitionEpoch, ids);
        result.Response.Topics[0].Partitions[0].ErrorCode.ShouldBe(code);
        result.Records.ShouldBeEmpty();
    }

    [Fact]
    public void A_fenced_replica_may_not_enter_the_ISR()
    {
        MetadataImage image = Fence(Fixtures.Cluster(2).WithTopic([1, 2]), 2);
        Alter(image, 1, 101, 1, [1, 2]).Response.Topics[0].Partitions[0].ErrorCode.ShouldBe(ErrorCode.IneligibleReplica);
    }

    [Fact]
    public void A_reassignment_adds_first_and_removes_once_the_new_replica_is_in_sync()
    {
        MetadataImage image = Fixtures.Cluster(3).WithTopic([1, 2]);
        image = image.After(Reassign(image, [1, 3]));
        image.Partition().Replicas.ShouldBe([1, 3, 2]);
        image.Partition().AddingReplicas.ShouldBe([3]);
        image.Partition().RemovingReplicas.ShouldBe([2]);
        ReassignmentManager.List(image, new() { Topics = null }).Topics.Single().Partitions.Single().AddingReplicas.Count.ShouldBe(1);
        image = image.After(Alter(image, 1, 101, 1, [1, 2, 3]));
        image.Partition().Replicas.ShouldBe([1, 3]);
        image.Partition().Isr.ShouldBe([1, 3]);
        image.Partition().IsReassigning.ShouldBeFalse();
    }

    [Fact]
    public void A_reassignment_can_be_cancelled_once()
    {
        MetadataImage image = Fixtures.Cluster(3).WithTopic([1, 2]);
        image = image.After(Reassign(image, [3]));
        image = image.After(Reassign(image, null));
        image.Partition().Replicas.ShouldBe([1, 2]);
        Reassign(image, null).Response.Responses[0].Partitions[0].ErrorCode.ShouldBe(ErrorCode.NoReassignmentInProgress);
    }

    private static ControllerResult<AlterPartitionReassignmentsResponse> Reassign(MetadataImage image, int[]? replicas)
    {
        var partition = new AlterPartitionReassignmentsRequest.ReassignablePartition { PartitionIndex = 0, Replicas = replicas is null ? null : [.. replicas] };
        var request = new AlterPartitionReassignmentsRequest { Topics = [new() { Name = "t", Partitions = [partition] }] };
        return ReassignmentManager.Alter(image, request, Fixtures.Context());
    }

    private static ControllerResult<AlterPartitionResponse> Alter(MetadataImage image, int broker, long epoch, int partitionEpoch, int[] isr)
    {
        var partition = new AlterPartitionRequest.PartitionData { PartitionIndex = 0, LeaderEpoch = image.Partition().LeaderEpoch, PartitionEpoch = partitionEpoch };
        foreach (int id in isr)
        {
            partition.NewIsrWithEpochs.Add(new() { BrokerId = id, BrokerEpoch = -1 });
        }

        var request = new AlterPartitionRequest { BrokerId = broker, BrokerEpoch = epoch, Topics = [new() { TopicId = Fixtures.TopicId, Partitions = [partition] }] };
        return LeadershipManager.AlterPartition(image, request, Fixtures.Context(3));
    }

    private static ControllerResult<ElectLeadersResponse> Elect(MetadataImage image, sbyte type) => LeadershipManager.ElectLeaders(
        image, new() { ElectionType = type, TopicPartitions = [new() { Topic = "t", Partitions = [0] }] }, Fixtures.Context());

    private static MetadataImage Fence(MetadataImage image, int broker)
    {
        var records = new List<MetadataRecord>();
        ClusterManager.FenceBroker(new(image, Fixtures.Node()), image.Cluster.Broker(broker)!, records);
        return image.With([.. records]);
    }

    private static MetadataImage Unfence(MetadataImage image, int broker)
    {
        var request = new BrokerHeartbeatRequest { BrokerId = broker, BrokerEpoch = 100 + broker, CurrentMetadataOffset = 5000 };
        ControllerResult<BrokerHeartbeatResponse> result = ClusterManager.Heartbeat(image, request, Fixtures.Context(), new(9000));
        result.Response.IsFenced.ShouldBeFalse();
        return image.After(result);
    }
}
