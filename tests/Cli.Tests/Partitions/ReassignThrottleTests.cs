using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli.Tests;

public class ReassignThrottleTests
{
    private static readonly TopicPartition Orders0 = new("orders", 0);
    private static readonly TopicPartition Orders1 = new("orders", 1);
    private static readonly TopicPartition Bills0 = new("bills", 0);

    [Fact]
    public void A_throttle_holds_for_the_brokers_that_send_and_for_those_that_receive()
    {
        Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> changes = ReassignThrottle.BetweenBrokers(Moves([], (Orders0, [1, 2], [2, 3]), (Orders1, [2, 1], [4, 1])), 5000);
        Values(changes, ConfigResource.Topic("orders")).ShouldBe(["leader.replication.throttled.replicas=0:1,0:2,1:2,1:1", "follower.replication.throttled.replicas=0:3,1:4"]);
        changes.Keys.Where(place => place.Type == ConfigResourceType.Broker).Select(place => place.Name).ShouldBe(["1", "2", "3", "4"]);
        Values(changes, ConfigResource.Broker(3)).ShouldBe(["leader.replication.throttled.rate=5000", "follower.replication.throttled.rate=5000"]);
    }

    [Fact]
    public void What_only_changes_its_order_or_loses_a_replica_is_not_throttled() =>
        Moves([], (Orders0, [1, 2], [2, 1]), (Bills0, [1, 2, 3], [3])).ShouldBeEmpty();

    [Fact]
    public void A_move_that_goes_on_is_throttled_with_where_it_began_also_when_the_plan_names_it_again()
    {
        var moving = new Dictionary<TopicPartition, PartitionReassignment> { [Orders0] = new([2, 3, 1], [3], [1]), [Bills0] = new([1, 4], [4], []) };
        IReadOnlyList<ReplicaMove> moves = Moves(moving, (Orders0, [2, 3, 1], [2, 3]));
        moves.Select(move => $"{move.Partition} {string.Join(",", move.Sources)} to {string.Join(",", move.Destinations)}").ShouldBe(["bills-0 1 to 4", "orders-0 2,1 to 3"]);
    }

    [Fact]
    public void Directories_have_a_rate_of_their_own_once_for_each_broker()
    {
        Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> changes = ReassignThrottle.BetweenDirectories([2, 1, 2], 4096);
        changes.Count.ShouldBe(2);
        Values(changes, ConfigResource.Broker(2)).ShouldBe(["replica.alter.log.dirs.io.max.bytes.per.second=4096"]);
    }

    [Fact]
    public void The_file_of_a_plan_is_read_as_it_was_written()
    {
        ReassignmentEntry[] plan = [ReassignmentEntry.Anywhere(Orders0, [1, 2]), new(Bills0, [3], ["/disk2"])];
        string text = ReassignmentFile.Text(plan);
        ReassignmentFile.Text(ReassignmentFile.Parse(text)).ShouldBe(text);
        ReassignmentFile.Parse(text)[1].Directed.Single().Value.ShouldBe("/disk2");
        ReassignmentFile.Parse(text)[0].Directed.ShouldBeEmpty();
    }

    [Fact]
    public void Topics_to_move_are_read_from_Kafkas_file()
    {
        ReassignGenerate.Topics("""{"topics":[{"topic":"orders"},{"topic":"bills"}],"version":1}""").ShouldBe(["orders", "bills"]);
        Should.Throw<CliException>(() => ReassignGenerate.Topics("{}")).NextStep.ShouldNotBeNull();
    }

    private static IReadOnlyList<ReplicaMove> Moves(Dictionary<TopicPartition, PartitionReassignment> moving, params (TopicPartition Partition, int[] From, int[] To)[] plan) => ReassignThrottle.Moves(
        [.. plan.Select(entry => ReassignmentEntry.Anywhere(entry.Partition, entry.To))], plan.ToDictionary(entry => entry.Partition, entry => (IReadOnlyList<int>)entry.From), moving);

    private static string[] Values(Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> changes, ConfigResource place) => [.. changes[place].Select(change => $"{change.Name}={change.Value}")];
}
