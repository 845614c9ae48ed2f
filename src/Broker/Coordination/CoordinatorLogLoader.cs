using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Replication;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>Reads the coordinators' partitions that this node leads, a buffer at a time (offsets.load.buffer.size, transaction.state.log.load.buffer.size). Blocks; any thread.</summary>
internal sealed class CoordinatorLogLoader(ReplicaManager replicas, int bufferBytes) : ICoordinatorLoader
{
    /// <inheritdoc />
    public CoordinatorLogSlice Read(TopicPartition partition, long offset)
    {
        if (replicas.Find(partition.Topic, partition.Partition, out var error) is not { } here)
        {
            return new(error, default, -1, -1);
        }

        here.Log.EnsureLoaded();
        using var slice = here.Read(Math.Max(offset, here.Log.LogStartOffset), bufferBytes, FetchIsolation.LogEnd, minOneMessage: true);
        var bytes = slice.Length == 0 ? [] : new byte[slice.Length];
        var count = slice.CopyTo(bytes);
        return new(slice.Error, bytes.AsMemory(0, count), slice.Offsets.LogEndOffset.Offset, slice.Offsets.HighWatermark.Offset);
    }
}
