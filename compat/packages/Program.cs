using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Moldau.Client;
using Moldau.Embedded;
using Moldau.Hosting;
using Moldau.Protocol;
using Moldau.Testing;

// The node of tests: a fault, a crash, and its client.
await using (TestNode node = await TestNode.StartAsync())
{
    await using var producer = new Producer(node.For(new ProducerOptions()));
    using var fault = node.Faults.Fail(ApiKey.Produce, ErrorCode.NotLeaderOrFollower, times: 3);
    await producer.SendAsync("t", Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes("first"));
    await node.CrashAsync();
    await node.RestartAsync();
    await producer.SendAsync("t", Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes("second"));
    await using var consumer = new Consumer(node.For(new ConsumerOptions { GroupId = "g", OffsetReset = OffsetReset.Earliest }));
    consumer.Subscribe("t");
    int count = 0;
    await foreach (var record in consumer.ConsumeAsync())
    {
        Console.WriteLine(Encoding.UTF8.GetString(record.Value.ToArray()));
        if (++count == 2)
        {
            break;
        }
    }

    Console.WriteLine($"{fault.Hits} refused");
}

// The node of applications over sockets, with keys and values that have types.
await using (MoldauNode node = await MoldauNode.StartAsync())
{
    await using var admin = new AdminClient(AdminOptions.FromProperties([new("bootstrap.servers", node.BootstrapServers)]));
    await admin.CreateTopicAsync(new NewTopic("durations", 2));
    await using var producer = new Producer<string, Duration>(new ProducerOptions { BootstrapServers = node.BootstrapServers }, Serdes.Utf8, Durations.Serde);
    await producer.SendAsync("durations", "long", Durations.Of(90));
    await using var consumer = new Consumer<string, Duration>(
        new ConsumerOptions { BootstrapServers = node.BootstrapServers, GroupId = "g", OffsetReset = OffsetReset.Earliest }, Serdes.Utf8, Durations.Serde);
    consumer.Subscribe("durations");
    await foreach (var record in consumer.ConsumeAsync())
    {
        Console.WriteLine($"{record.Key}: {Durations.Seconds(record.Value!)} s");
        break;
    }

    Console.WriteLine($"{(await admin.DescribeTopicAsync("durations")).Partitions.Count} partitions");
}

var services = new ServiceCollection();
services.AddMoldauAdmin(_ => new AdminOptions { BootstrapServers = "localhost:9092" });
services.AddHealthChecks().AddMoldau();
Console.WriteLine(services.Any(service => service.ServiceType == typeof(AdminClient)) ? "an admin in the host" : "no admin in the host");
