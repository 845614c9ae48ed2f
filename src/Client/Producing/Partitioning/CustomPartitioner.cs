namespace Moldau.Client;

/// <summary><see cref="Partitioner.Custom"/>.</summary>
internal sealed class CustomPartitioner(PartitionChooser choose) : Partitioner
{
    public override int Choose(scoped in PartitionChoice choice) => choose(in choice);
}
