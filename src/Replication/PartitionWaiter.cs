using Moldau.Runtime;

namespace Moldau.Replication;

/// <summary>
/// A request that waits for partitions to move: one object, known to each partition it named and to one timing wheel. Whoever completes it takes it off all of them.
/// </summary>
public abstract class PartitionWaiter : WheelEntry
{
    /// <summary>
    /// A partition's end, high watermark, last stable offset or role has changed. Runs on the thread that changed it, outside of all locks, perhaps after the waiter was completed;
    /// must not block.
    /// </summary>
    protected internal abstract void OnPartitionChanged();
}
