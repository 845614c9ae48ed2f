namespace Moldau.Coordination;

/// <summary>Something that the runtime itself has to do on a shard's thread; it does not fail.</summary>
internal sealed class InternalEvent<TShard>(Action<CoordinatorCell<TShard>> action) : CoordinatorEvent<TShard>
    where TShard : class, ICoordinatorShard
{
    public override void Run(CoordinatorCell<TShard> cell) => action(cell);
}
