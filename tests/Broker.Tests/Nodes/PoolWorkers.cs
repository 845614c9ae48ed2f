using Moldau.Runtime;

namespace Moldau.Broker.Tests;

/// <summary>Workers on the thread pool, as a real node has them.</summary>
internal sealed class PoolWorkers : IWorkers
{
    public void Run(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), work, preferLocal: false);
}
