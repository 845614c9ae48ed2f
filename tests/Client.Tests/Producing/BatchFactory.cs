using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>An accumulator with a clock that stands, and batches out of it.</summary>
internal sealed class BatchFactory
{
    public BatchFactory(AccumulatorSettings? settings = null, int partitions = 1)
    {
        Clock = new ProducerClock(Time);
        Accumulator = new RecordAccumulator(settings ?? new AccumulatorSettings(), Clock, new FixedEntropy(), _ => Wakes++);
        Topic = Accumulator.Topic("topic");
        Topic.Grow(partitions);
    }

    public ManualTimeProvider Time { get; } = new();

    public ProducerClock Clock { get; }

    public RecordAccumulator Accumulator { get; }

    public TopicQueues Topic { get; }

    public PartitionQueue Queue => Topic.Partitions[0];

    public int Wakes { get; private set; }

    public AppendOutcome Append(string value, int partition = 0, Delivery? delivery = null, long timestamp = 1000) =>
        Append(System.Text.Encoding.UTF8.GetBytes(value), partition, delivery, timestamp);

    public AppendOutcome Append(byte[] value, int partition = 0, Delivery? delivery = null, long timestamp = 1000, RecordHeader[]? headers = null) =>
        Accumulator.TryAppend(Topic, partition, timestamp, new RecordParts { HasValue = true, Value = value, Headers = headers }, delivery);

    /// <summary>A batch of so many records, taken out to be sent.</summary>
    public ProducerBatch Take(int records = 1)
    {
        for (int i = 0; i < records; i++)
        {
            Append($"record {i}").ShouldBe(AppendOutcome.Appended);
        }

        return RecordAccumulator.TakeFirst(Queue);
    }

    private sealed class FixedEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Fill(7);
    }
}
