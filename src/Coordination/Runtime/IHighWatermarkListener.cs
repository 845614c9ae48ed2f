using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Hears how much of a partition is committed.</summary>
public interface IHighWatermarkListener
{
    /// <summary>All records before the offset are committed. Any thread, in any order; must not block.</summary>
    void OnHighWatermark(TopicPartition partition, long offset);
}
