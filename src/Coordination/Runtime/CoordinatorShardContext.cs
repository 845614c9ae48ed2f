using Microsoft.Extensions.Logging;
using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>What a shard is made with.</summary>
/// <param name="Partition">The partition of its log.</param>
/// <param name="Snapshots">For its timeline collections.</param>
/// <param name="Timer">Its timers.</param>
/// <param name="Executor">Workers for what takes long.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Its log.</param>
public sealed record CoordinatorShardContext(
    TopicPartition Partition,
    SnapshotRegistry Snapshots,
    ICoordinatorTimer Timer,
    ICoordinatorExecutor Executor,
    TimeProvider Time,
    ILogger Logger);
