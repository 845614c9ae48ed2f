using System.Text;
using Moldau.Client;
using Moldau.Protocol;
using KafkaConsumer = Moldau.Client.Consumer;

namespace Moldau.Testing.Tests;

public class LeavingMemberTests
{
    private const int Records = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_that_leaves_before_it_hears_of_the_next_generation_commits_what_it_read()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        await using var admin = new AdminClient(node.For(new AdminOptions()));
        await admin.CreateTopicAsync(new NewTopic("t", NumPartitions: 2), Cancellation);
        await using (var producer = new Producer(node.For(new ProducerOptions())))
        {
            for (var i = 0; i < Records; i++)
            {
                await producer.SendAsync(new ProducerRecord("t", Encoding.UTF8.GetBytes($"{i}")) { Partition = i % 2 }, Cancellation);
            }
        }

        await using var leaves = Join(node, "leaves");
        var hasRead = new TaskCompletionSource();
        var reading = ReadAsync(leaves, count =>
        {
            if (count == Records)
            {
                hasRead.SetResult();
            }
        });
        await hasRead.Task.WaitAsync(Cancellation);

        // The group comes together with a second member, and its leader hears of it only when it is leaving.
        using var late = node.Faults.DelayAnswer(ApiKey.JoinGroup, TimeSpan.FromSeconds(1), clientId: "leaves");
        await using var stays = Join(node, "stays");
        var repeats = 0;
        var other = ReadAsync(stays, count => repeats = count);
        await late.FirstHit;
        while ((await admin.DescribeConsumerGroupAsync("g", Cancellation)).State == GroupState.PreparingRebalance)
        {
            await Task.Yield();
        }

        await leaves.CloseAsync();
        await reading;
        var committed = await stays.CommittedAsync([new("t", 0), new("t", 1)], Cancellation);
        committed.Values.Sum(offset => offset.Offset).ShouldBe(Records);
        await stays.CloseAsync();
        await other;
        repeats.ShouldBe(0);
    }

    private static KafkaConsumer Join(TestNode node, string clientId)
    {
        var consumer = new KafkaConsumer(node.For(new ConsumerOptions
        {
            ClientId = clientId,
            GroupId = "g",
            OffsetReset = OffsetReset.Earliest,
            Assignors = () => [ConsumerAssignor.Named("cooperative-sticky")!],
            HeartbeatInterval = TimeSpan.FromMilliseconds(50),
            AutoCommitInterval = TimeSpan.FromHours(1),
        }));
        consumer.Subscribe("t");
        return consumer;
    }

    private static async Task ReadAsync(KafkaConsumer consumer, Action<int> read)
    {
        var count = 0;
        await foreach (var _ in consumer.ConsumeAsync(Cancellation))
        {
            read(++count);
        }
    }
}
