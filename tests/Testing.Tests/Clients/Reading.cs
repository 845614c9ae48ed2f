using Moldau.Client;
using Moldau.Core;

namespace Moldau.Testing.Tests.Clients;

/// <summary>What is in a topic, read by the client as an application reads it.</summary>
internal static class Reading
{
    /// <summary>The values of partition 0 of a topic without transactions, from its first record to what its end is now.</summary>
    public static async Task<List<string>> ReadAllAsync(this TestNode node, string topic)
    {
        await using var consumer = new Consumer(node.For(new ConsumerOptions()));
        var partition = new TopicPartition(topic, 0);
        long end = (await consumer.EndOffsetsAsync([partition], TestContext.Current.CancellationToken))[partition];
        return await node.ReadAsync(topic, (int)end);
    }

    /// <summary>The first values of partition 0, without those of transactions that were aborted.</summary>
    public static async Task<List<string>> ReadAsync(this TestNode node, string topic, int count)
    {
        var options = new ConsumerOptions { OffsetReset = OffsetReset.Earliest, IsolationLevel = IsolationLevel.ReadCommitted };
        await using var consumer = new Consumer<string, string>(node.For(options), Serdes.Utf8, Serdes.Utf8);
        consumer.Raw.Assign(new TopicPartition(topic, 0));
        return await consumer.TakeAsync(count);
    }

    /// <summary>The next values. The last is still in hand.</summary>
    public static async Task<List<string>> TakeAsync(this Consumer<string, string> consumer, int count)
    {
        List<string> values = [];
        if (count == 0)
        {
            return values;
        }

        await foreach (ConsumeRecord<string, string> record in consumer.ConsumeAsync(TestContext.Current.CancellationToken))
        {
            values.Add(record.Value);
            if (values.Count == count)
            {
                break;
            }
        }

        return values;
    }
}
