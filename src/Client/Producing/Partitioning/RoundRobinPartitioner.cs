using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Moldau.Client;

/// <summary><see cref="Partitioner.RoundRobin"/>.</summary>
internal sealed class RoundRobinPartitioner : Partitioner
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _turns = new();

    public override int Choose(scoped in PartitionChoice choice)
    {
        StrongBox<int> turn = _turns.GetOrAdd(choice.Topic, static _ => new StrongBox<int>(-1));
        return (int)((uint)Interlocked.Increment(ref turn.Value) % (uint)choice.PartitionsCount);
    }
}
