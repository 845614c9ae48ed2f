using Moldau.Replication;

namespace Moldau.Broker.Fetching;

/// <summary>One partition that a waiting fetch watches: tells the fetch which of its partitions has moved. Used again with its <see cref="FetchOperation"/>, and never on a wheel itself.</summary>
internal sealed class FetchWatch(FetchOperation operation, int index) : PartitionWaiter
{
    protected override void OnDeadline()
    {
    }

    /// <summary>May come late, when the operation serves another request already: that one looks at one of its partitions once too often.</summary>
    protected override void OnPartitionChanged() => operation.OnChanged(index);
}
