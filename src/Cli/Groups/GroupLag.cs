using Moldau.Core;

namespace Moldau.Cli;

/// <summary>How far a group has come in one partition.</summary>
/// <param name="Partition">Which.</param>
/// <param name="CommittedOffset">The next record it will read; null when it committed nothing there.</param>
/// <param name="LogEndOffset">The offset after the last record; null when the leader did not tell.</param>
/// <param name="Owner">Who reads it now; null for nobody.</param>
internal sealed record GroupLag(TopicPartition Partition, long? CommittedOffset, long? LogEndOffset, GroupOwner? Owner)
{
    /// <summary>Records that it has not read; null when one of both offsets is not known.</summary>
    public long? Lag => CommittedOffset is { } committed && LogEndOffset is { } end ? Math.Max(0, end - committed) : null;
}
