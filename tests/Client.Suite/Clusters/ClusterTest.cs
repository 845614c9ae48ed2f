namespace Moldau.Client.Suite;

/// <summary>What all classes of this suite derive from: their tests are skipped, with a reason, where the cluster that was asked for cannot be had.</summary>
public abstract class ClusterTest
{
    protected ClusterTest(ClusterUnderTest cluster)
    {
        Assert.SkipWhen(cluster.SkipReason is not null, cluster.SkipReason ?? "");
        Cluster = cluster;
    }

    protected ClusterUnderTest Cluster { get; }

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
