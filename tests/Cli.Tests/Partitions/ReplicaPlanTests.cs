namespace Moldau.Cli.Tests;

public class ReplicaPlanTests
{
    [Fact]
    public void Leaders_and_replicas_are_spread_evenly_and_no_partition_has_a_broker_twice()
    {
        for (int brokers = 1; brokers <= 6; brokers++)
        {
            for (int factor = 1; factor <= brokers; factor++)
            {
                IReadOnlyList<IReadOnlyList<int>> plan = ReplicaPlan.Spread(brokers * 4, factor, [.. Enumerable.Range(1, brokers).Select(id => (id, (string?)null))], start: 2);
                plan.ShouldAllBe(replicas => replicas.Distinct().Count() == factor, $"{brokers} brokers, factor {factor}");
                plan.CountBy(replicas => replicas[0]).Select(leader => leader.Value).ShouldAllBe(count => count == 4, $"{brokers} brokers, factor {factor}");
                plan.SelectMany(replicas => replicas).CountBy(id => id).Select(broker => broker.Value).ShouldAllBe(count => count == 4 * factor, $"{brokers} brokers, factor {factor}");
            }
        }
    }

    [Fact]
    public void Replicas_lie_in_different_racks_as_far_as_there_are_some()
    {
        (int, string?)[] brokers = [(1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "c"), (6, "c")];
        Dictionary<int, string?> racks = brokers.ToDictionary(broker => broker.Item1, broker => broker.Item2);
        ReplicaPlan.Spread(24, 3, brokers, start: 0).ShouldAllBe(replicas => replicas.Select(id => racks[id]).Distinct().Count() == 3);
        ReplicaPlan.Spread(24, 4, brokers, start: 1).ShouldAllBe(replicas => replicas.Distinct().Count() == 4 && replicas.Select(id => racks[id]).Distinct().Count() == 3);
    }

    [Fact]
    public void More_replicas_than_brokers_are_refused() =>
        Should.Throw<CliException>(() => ReplicaPlan.Spread(1, 2, [(1, null)], 0)).Message.ShouldBe("replication factor 2 needs as many brokers: there are 1");

    [Fact]
    public void A_reassignment_file_of_kafka_is_read()
    {
        IReadOnlyList<ReassignmentEntry> entries = ReassignmentFile.Parse("""{"version":1,"partitions":[{"topic":"orders","partition":2,"replicas":[3,1],"log_dirs":["any","/d2"]},{"topic":"orders","partition":3,"replicas":[2]}]}""");
        entries.Select(entry => $"{entry.Partition}:{string.Join(",", entry.Replicas)}:{string.Join(",", entry.Directories)}").ShouldBe(["orders-2:3,1:any,/d2", "orders-3:2:any"]);
    }

    [Theory]
    [InlineData("{}", "cannot be read")]
    [InlineData("nonsense", "cannot be read")]
    [InlineData("""{"partitions":[{"topic":"t","partition":0,"replicas":[1,1]}]}""", "replicas must be different brokers")]
    [InlineData("""{"partitions":[{"topic":"t","partition":0,"replicas":[1],"log_dirs":[]}]}""", "log_dirs as many as replicas")]
    [InlineData("""{"partitions":[{"topic":"t","partition":0,"replicas":[1]},{"topic":"t","partition":0,"replicas":[2]}]}""", "t-0 is in the file twice")]
    public void Others_are_refused(string text, string message) => Should.Throw<CliException>(() => ReassignmentFile.Parse(text)).Message.ShouldContain(message);

    [Theory]
    [InlineData("1:2,2:3", "1,2;2,3")]
    [InlineData("5", "5")]
    public void Replica_assignments_are_kafkas(string text, string expected) => string.Join(";", ReplicaAssignment.Parse(text).Select(replicas => string.Join(",", replicas))).ShouldBe(expected);

    [Theory]
    [InlineData("1:x")]
    [InlineData("1:1")]
    [InlineData("1:2,3")]
    public void Wrong_ones_are_refused(string text) => Should.Throw<CliException>(() => ReplicaAssignment.Parse(text)).ExitCode.ShouldBe(2);
}
