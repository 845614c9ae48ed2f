namespace Moldau.Client.Suite;

public class ClusterTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task Each_test_gets_topics_of_its_own()
    {
        var first = await Cluster.CreateTopicAsync("t", partitions: 3, ("retention.ms", "1000"));
        var second = await Cluster.CreateTopicAsync("t");

        first.ShouldNotBe(second);
        Cluster.For(new ConsumerOptions()).BootstrapServers.ShouldBe(Cluster.BootstrapServers);
    }
}
