using Moldau.Core;
using Moldau.Records;

namespace Moldau.Coordination;

/// <summary>How a coordinator's runtime works.</summary>
public sealed record CoordinatorRuntimeOptions
{
    /// <summary>The topic whose partitions are the shards.</summary>
    public required TopicName Topic { get; init; }

    public required CoordinatorRecordCodec Codec { get; init; }

    /// <summary>
    /// How long records are gathered into a batch before it is written, in ms; 0 writes each operation at once; -1 writes when the operations that wait are all done, so that a shard under
    /// load writes large batches and an idle one does not wait.
    /// </summary>
    public int AppendLingerMs { get; init; } = -1;

    /// <summary>What batches are compressed with.</summary>
    public RecordCompression Compression { get; init; }
}
