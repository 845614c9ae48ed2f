using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>Writes markers to partitions, wherever their leaders are. Any thread; must not block.</summary>
public interface ITransactionMarkerWriter
{
    /// <summary>Writes one marker to each of the partitions and gives what became of it, once all in-sync replicas have it. Errors are values; it does not throw.</summary>
    Task<IReadOnlyDictionary<TopicPartition, ErrorCode>> WriteAsync(TransactionMarker marker, IReadOnlyCollection<TopicPartition> partitions);
}
