using System.Text;
using Moldau.Core;

namespace Moldau.Client.Suite;

/// <summary>What is in a topic.</summary>
internal static class ReadBack
{
    /// <summary>The values of so many records of each partition, in the order of their offsets.</summary>
    public static async Task<Dictionary<int, List<string>>> ValuesAsync(
        this ClusterUnderTest cluster, string topic, int partitions, int records, IsolationLevel isolation = IsolationLevel.ReadUncommitted)
    {
        var values = Enumerable.Range(0, partitions).ToDictionary(partition => partition, _ => new List<string>());
        await using var consumer = new Consumer(cluster.For(new ConsumerOptions { OffsetReset = OffsetReset.Earliest, IsolationLevel = isolation, AutoCommit = false }));
        consumer.Assign(values.Keys.Select(partition => new TopicPartition(topic, partition)));
        await foreach (ConsumeRecord record in consumer.ConsumeAsync(TestContext.Current.CancellationToken))
        {
            values[record.Partition].Add(Encoding.UTF8.GetString(record.Value));
            if (--records == 0)
            {
                break;
            }
        }

        return values;
    }
}
