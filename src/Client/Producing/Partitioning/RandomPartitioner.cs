using Moldau.Runtime.Os;

namespace Moldau.Client;

/// <summary><see cref="Partitioner.Random"/>.</summary>
internal sealed class RandomPartitioner : Partitioner
{
    private readonly RandomSequence _random = new(new OsEntropy());

    public override int Choose(scoped in PartitionChoice choice) => _random.Below(choice.PartitionsCount);
}
