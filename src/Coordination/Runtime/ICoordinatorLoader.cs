using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Reads the log of a partition that this node leads, for the coordinator that begins on it. Called on a worker; may block.</summary>
public interface ICoordinatorLoader
{
    /// <summary>
    /// Reads whole batches from the one with the offset on, committed or not; -1 begins at the log's start. No bytes when nothing is left. The bytes may be used until the next call.
    /// </summary>
    CoordinatorLogSlice Read(TopicPartition partition, long offset);
}
