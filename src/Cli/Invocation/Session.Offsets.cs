using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Where logs begin and end.</summary>
internal sealed partial class Session
{
    public Task<IReadOnlyDictionary<TopicPartition, long>> BeginningOffsetsAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) =>
        OffsetsAsync(partitions, OffsetSpec.Earliest, cancellationToken);

    public Task<IReadOnlyDictionary<TopicPartition, long>> EndOffsetsAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) =>
        OffsetsAsync(partitions, OffsetSpec.Latest, cancellationToken);

    /// <summary>The first record that is not older; -1 where there is none.</summary>
    public Task<IReadOnlyDictionary<TopicPartition, long>> OffsetsAtAsync(IReadOnlyCollection<TopicPartition> partitions, long timestampMs, CancellationToken cancellationToken) =>
        OffsetsAsync(partitions, OffsetSpec.ForTimestampMs(timestampMs), cancellationToken);

    private async Task<IReadOnlyDictionary<TopicPartition, long>> OffsetsAsync(IReadOnlyCollection<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellationToken)
    {
        if (partitions.Count == 0)
        {
            return new Dictionary<TopicPartition, long>();
        }

        var results = await Admin.ListOffsetsAsync(partitions.ToDictionary(partition => partition, _ => spec), IsolationLevel.ReadUncommitted, cancellationToken);
        return results.Where(result => result.Value.IsSuccess).ToDictionary(result => result.Key, result => result.Value.Value.Offset);
    }
}
