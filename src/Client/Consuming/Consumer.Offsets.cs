using Moldau.Core;

namespace Moldau.Client;

/// <summary>Asking where logs begin and end.</summary>
public sealed partial class Consumer
{
    /// <summary>The first offset of each partition.</summary>
    /// <exception cref="KafkaException">A partition may not be read, or its leader does not answer in <see cref="ClientOptions.DefaultApiTimeout"/>.</exception>
    public async Task<Dictionary<TopicPartition, long>> BeginningOffsetsAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancellationToken = default) =>
        (await ListOffsetsAsync(partitions.ToDictionary(partition => partition, _ => PartitionState.EarliestTimestamp), cancellationToken).ConfigureAwait(false))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Offset);

    /// <summary>The offset after the last record of each partition that this consumer can see: under read_committed, the last stable offset.</summary>
    /// <inheritdoc cref="BeginningOffsetsAsync" path="/exception"/>
    public async Task<Dictionary<TopicPartition, long>> EndOffsetsAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancellationToken = default) =>
        (await ListOffsetsAsync(partitions.ToDictionary(partition => partition, _ => PartitionState.LatestTimestamp), cancellationToken).ConfigureAwait(false))
            .ToDictionary(entry => entry.Key, entry => entry.Value.Offset);

    /// <summary>For each partition the first record that is not older than the time; offset -1 where there is none.</summary>
    /// <inheritdoc cref="BeginningOffsetsAsync" path="/exception"/>
    public Task<Dictionary<TopicPartition, OffsetAtTime>> OffsetsForTimesAsync(IReadOnlyDictionary<TopicPartition, DateTimeOffset> times, CancellationToken cancellationToken = default) =>
        ListOffsetsAsync(times.ToDictionary(entry => entry.Key, entry => Math.Max(0, entry.Value.ToUnixTimeMilliseconds())), cancellationToken);

    /// <summary>How many records each partition of the assignment has that were not handed out yet, asked of the leaders now.</summary>
    /// <inheritdoc cref="BeginningOffsetsAsync" path="/exception"/>
    public async Task<Dictionary<TopicPartition, long>> LagAsync(CancellationToken cancellationToken = default)
    {
        var positions = Positions();
        var ends = await EndOffsetsAsync(positions.Keys, cancellationToken).ConfigureAwait(false);
        return positions.ToDictionary(entry => entry.Key, entry => Math.Max(0, ends[entry.Key] - entry.Value));
    }

    /// <summary>
    /// How old the last record is that was handed out, where there are more: the lag as a time. Zero where all was handed out; partitions that nothing was handed out of yet are left out.
    /// </summary>
    public Dictionary<TopicPartition, TimeSpan> LagTimes()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            return _states.Values.Where(state => state.LastTimestampMs >= 0).ToDictionary(
                state => state.Partition,
                state => state.Lag(_options.IsolationLevel) is null or 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Max(0, now - state.LastTimestampMs)));
        }
    }

    private Dictionary<TopicPartition, long> Positions()
    {
        lock (_gate)
        {
            return _states.Values.Where(state => state.Position >= 0).ToDictionary(state => state.Partition, state => state.Position);
        }
    }

    private Task<Dictionary<TopicPartition, OffsetAtTime>> ListOffsetsAsync(Dictionary<TopicPartition, long> asked, CancellationToken cancellationToken) => _cluster.RetryAsync(
        "finding offsets",
        async cancellation =>
        {
            Dictionary<TopicPartition, OffsetAtTime> found = [];
            foreach (var topic in asked.Keys.Select(partition => partition.Topic).Distinct())
            {
                await _cluster.TopicAsync(topic, cancellation).ConfigureAwait(false);
            }

            await ListOffsetsOnceAsync(asked, found, cancellation).ConfigureAwait(false);
            return found.Count == asked.Count
                ? found
                : throw new KafkaException(Moldau.Protocol.ErrorCode.LeaderNotAvailable, $"the leaders of {string.Join(", ", asked.Keys.Except(found.Keys))} are not known");
        },
        cancellationToken);
}
