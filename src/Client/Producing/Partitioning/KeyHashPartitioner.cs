namespace Moldau.Client;

/// <summary><see cref="Partitioner.KeyHash"/>.</summary>
internal sealed class KeyHashPartitioner : Partitioner
{
    public override int Choose(scoped in PartitionChoice choice) => choice.HasKey ? PartitionFor(choice.Key, choice.PartitionsCount) : Any;
}
