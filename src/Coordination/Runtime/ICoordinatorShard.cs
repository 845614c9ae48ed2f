using Moldau.Metadata;

namespace Moldau.Coordination;

/// <summary>
/// The state that one partition of a coordinator's log makes. Replay alone changes it; operations read it and return records. Only one thread at a time is in a shard, and the runtime
/// chooses which. What replay refuses by throwing makes the load, or the batch, fail.
/// </summary>
public interface ICoordinatorShard
{
    /// <summary>Takes one record in: one just appended, or one of the log that is loaded. Producer id and epoch are -1 unless the record is part of a transaction.</summary>
    void Replay(long offset, long producerId, short producerEpoch, CoordinatorRecord record);

    /// <summary>A transaction with records in this partition has ended.</summary>
    void ReplayTransactionMarker(long producerId, short producerEpoch, bool commit);

    /// <summary>The whole log is replayed; operations come from now on. Timers are started here.</summary>
    void OnLoaded(MetadataImage image);

    /// <summary>This node does not lead the partition any more. Called only when it was loaded; whoever waits in the shard's memory is answered with NOT_COORDINATOR here.</summary>
    void OnUnloaded();

    /// <summary>There is new metadata.</summary>
    void OnNewImage(MetadataImage image, MetadataDelta delta);
}
