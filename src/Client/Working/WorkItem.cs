namespace Moldau.Client;

/// <summary>A record on its way through a worker.</summary>
internal sealed record WorkItem(WorkerRecord Record, PartitionWork Partition);
