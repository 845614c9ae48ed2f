using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Broker;

/// <summary>What the coordinator of a produce request's transaction said of its partitions, and the guards that their appends bring.</summary>
internal sealed class ProduceVerification
{
    private readonly Dictionary<TopicPartition, Entry> _entries = [];

    /// <summary>The partitions whose coordinator is to be asked.</summary>
    public List<TopicPartition> Unverified { get; } = [];

    public Entry Of(TopicPartition partition) => _entries.GetValueOrDefault(partition);

    /// <summary>The partition wants to know: its append is to bring the guard.</summary>
    public void Guard(TopicPartition partition, VerificationGuard guard)
    {
        _entries[partition] = new Entry(guard, ErrorCode.None, null);
        Unverified.Add(partition);
    }

    /// <summary>The partition cannot take the transaction.</summary>
    public void Refuse(TopicPartition partition, ErrorCode error, string? message) => _entries[partition] = new Entry(default, error, message);

    /// <summary>The guard to bring, or why there is no append.</summary>
    public readonly record struct Entry(VerificationGuard Guard, ErrorCode Error, string? Message);
}
