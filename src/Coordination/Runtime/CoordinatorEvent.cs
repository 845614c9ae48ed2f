namespace Moldau.Coordination;

/// <summary>Something to do on a shard's thread.</summary>
internal abstract class CoordinatorEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    /// <summary>Does it. What the shard refuses goes to whoever waits for the event.</summary>
    public abstract void Run(CoordinatorCell<TShard> cell);
}
