namespace Moldau.Client;

/// <summary>Chooses a partition from 0 up to <see cref="PartitionChoice.PartitionsCount"/>, or <see cref="Partitioner.Any"/>. Called by the threads that send, several at once.</summary>
public delegate int PartitionChooser(scoped in PartitionChoice choice);
