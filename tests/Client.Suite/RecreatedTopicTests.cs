using System.Text;
using Moldau.Core;

namespace Moldau.Client.Suite;

public class RecreatedTopicTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task A_topic_made_again_is_another_topic_to_clients_that_knew_the_first()
    {
        await using var admin = new AdminClient(Cluster.For(new AdminOptions()));
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        var topic = await Cluster.CreateTopicAsync("recreated");
        await SendAsync(producer, topic, "first", 5);
        var first = await admin.DescribeTopicAsync(topic, Cancellation);

        await admin.DeleteTopicAsync(topic, Cancellation);
        await admin.CreateTopicAsync(new NewTopic(topic, 1), Cancellation);
        await HeardOfAsync(admin, topic, first.TopicId);
        await SendAsync(producer, topic, "second", 3);

        await using var consumer = new Consumer(Cluster.For(new ConsumerOptions { OffsetReset = OffsetReset.Earliest, FetchMaxWait = TimeSpan.FromMilliseconds(100) }));
        consumer.Assign(new TopicPartition(topic, 0));
        List<string> values = [];
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            values.Add($"{record.Offset} {Encoding.UTF8.GetString(record.Value)}");
            if (values.Count == 3)
            {
                break;
            }
        }

        values.ShouldBe(["0 second", "1 second", "2 second"]);
    }

    /// <summary>Brokers hear of changes a little after the controller has made them.</summary>
    private static async Task HeardOfAsync(AdminClient admin, string topic, Uuid before)
    {
        AdminResult<TopicDescription> described;
        do
        {
            Cancellation.ThrowIfCancellationRequested();
            described = (await admin.DescribeTopicsAsync([topic], null, Cancellation))[topic];
        }
        while (!described.IsSuccess || described.Value.TopicId == before);
    }

    private static async Task SendAsync(Producer producer, string topic, string value, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await producer.SendAsync(new ProducerRecord(topic, value: Encoding.UTF8.GetBytes(value)), Cancellation);
        }
    }
}
