using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Simulation.Tests;

/// <summary>Long times on a whole node: nothing waits for them.</summary>
public sealed class RetentionWeekTests
{
    private const string Topic = "days";
    private const int Days = 7;

    [Fact]
    public async Task Seven_days_of_retention_pass_on_a_whole_node()
    {
        var world = new SimWorld(1);
        var network = new SimNetwork(world);
        var machine = new SimMachine(world, network, "10.0.0.1", Properties(), "data");
        machine.Format();
        Run(world, machine.Process, machine.StartAsync(), machine);
        var process = new SimScheduler(world, "client");
        var client = new SimClient(world, process, network.For(process, "10.0.1.1"), machine.Address, SimMachine.ClientPort, "client");
        Run(world, process, process.Call(() => CreateAsync(client)), machine);
        DateTimeOffset began = world.UtcNow;
        for (int day = 0; day < Days; day++)
        {
            Run(world, process, process.Call(() => ProduceAsync(client, world)), machine);
            world.Advance(TimeSpan.FromDays(1));
        }

        Task<FetchResponse.PartitionData> fetch = process.Call(() => FetchAsync(client));
        Run(world, process, fetch, machine);

        // It has ended: nothing is waited for here.
        FetchResponse.PartitionData read = await fetch;
        (world.UtcNow - began).TotalDays.ShouldBeGreaterThanOrEqualTo(Days);
        ((long)read.HighWatermark).ShouldBe(Days);
        ((long)read.LogStartOffset).ShouldBeInRange(Days - 2, Days, "a record of each day, of which retention leaves that of the last one or two");
        machine.Node!.Completion.IsCompleted.ShouldBeFalse();
    }

    private static Dictionary<string, string> Properties() => new()
    {
        ["broker.heartbeat.interval.ms"] = "600000",
        ["broker.session.timeout.ms"] = "1800000",
        ["metadata.max.idle.interval.ms"] = "600000",
        ["connections.max.idle.ms"] = "-1",
        ["replica.high.watermark.checkpoint.interval.ms"] = "600000",
        ["log.cleaner.backoff.ms"] = "600000",
        ["log.flush.offset.checkpoint.interval.ms"] = "600000",
        ["log.flush.start.offset.checkpoint.interval.ms"] = "600000",
    };

    private static void Run(SimWorld world, SimScheduler? process, Task task, SimMachine machine)
    {
        world.RunUntil(task, process ?? machine.Process!, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        task.Exception.ShouldBeNull();
    }

    private static async Task CreateAsync(SimClient client)
    {
        var response = await client.CallAsync<CreateTopicsResponse>(
            new CreateTopicsRequest
            {
                Topics =
                [
                    new()
                    {
                        Name = Topic, NumPartitions = 1, ReplicationFactor = 1,
                        Configs = [new() { Name = "retention.ms", Value = "86400000" }, new() { Name = "segment.ms", Value = "3600000" }],
                    },
                ],
            },
            7);
        response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None, response.Topics.Single().ErrorMessage);
    }

    private static async Task ProduceAsync(SimClient client, SimWorld world)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        builder.Append(world.NowMs, null, new byte[100]);
        var response = await client.CallAsync<ProduceResponse>(
            new ProduceRequest
            {
                TransactionalId = null, Acks = -1, TimeoutMs = 10_000,
                TopicData = [new() { Name = Topic, PartitionData = [new() { Index = 0, Records = builder.BuildArray() }] }],
            },
            9);
        response.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
    }

    private static async Task<FetchResponse.PartitionData> FetchAsync(SimClient client)
    {
        var response = await client.CallAsync<FetchResponse>(
            new FetchRequest
            {
                ClusterId = null, MinBytes = 0, SessionEpoch = -1,
                Topics = [new() { Topic = Topic, Partitions = [new() { Partition = 0, FetchOffset = Days, PartitionMaxBytes = 1000 }] }],
            },
            12);
        return response.Responses.Single().Partitions.Single();
    }
}
