using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Broker.Tests;

/// <summary>A node with several log directories (KIP-112, KIP-113, KIP-858), as its clients see it.</summary>
public sealed class LogDirectoryTests
{
    private static readonly string[] Two = ["/d0", "/d1"];

    [Fact]
    public async Task New_partitions_go_to_the_directory_with_the_fewest_and_the_metadata_names_it()
    {
        await using var node = await NodeFixture.StartAsync(Two);
        await node.CreateTopicAsync("t", partitions: 4);

        node.Disk.List("/d0").Count(entry => entry.Name.StartsWith("t-", StringComparison.Ordinal)).ShouldBe(2);
        node.Disk.List("/d1").Count(entry => entry.Name.StartsWith("t-", StringComparison.Ordinal)).ShouldBe(2);
        for (var index = 0; index < 4; index++)
        {
            var home = node.Disk.DirectoryExists($"/d0/t-{index}") ? "/d0" : "/d1";
            var id = MetaProperties.Read(node.Disk, home)!.DirectoryId!.Value;
            await node.WhenAsync(image => image.Topics.FindPartition("t", index)!.Directories[0] == id);
        }
    }

    [Fact]
    public async Task A_cordoned_directory_gets_no_new_partitions_and_is_described_as_such()
    {
        await using var node = await NodeFixture.StartAsync(Two, ("cordoned.log.dirs", "/d1"));
        await node.CreateTopicAsync("t", partitions: 4);

        node.Disk.List("/d1").ShouldNotContain(entry => entry.Name.StartsWith("t-", StringComparison.Ordinal));
        using var client = await node.ConnectAsync();
        var described = await client.CallAsync<DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = null }, 5);
        described.Results.Single(result => result.LogDir == "/d1").IsCordoned.ShouldBeTrue();
        (await MoveAsync(client, "t", 0, "/d1")).ShouldBe(ErrorCode.InvalidReplicaAssignment);
    }

    [Fact]
    public async Task A_replica_moves_with_its_records_while_more_come()
    {
        await using var node = await NodeFixture.StartAsync(Two);
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await ProduceAsync(client, $"before-{i}");
        }

        var (from, to) = node.Disk.DirectoryExists("/d0/t-0") ? ("/d0", "/d1") : ("/d1", "/d0");
        (await MoveAsync(client, "t", 0, to)).ShouldBe(ErrorCode.None);
        for (var i = 0; i < 20; i++)
        {
            await ProduceAsync(client, $"meanwhile-{i}");
        }

        await node.WhenAsync(_ => node.Disk.DirectoryExists($"{to}/t-0"));
        await ProduceAsync(client, "after");
        (await CountAsync(client)).ShouldBe(41);
        node.Disk.DirectoryExists($"{from}/t-0").ShouldBeFalse();
        var id = MetaProperties.Read(node.Disk, to)!.DirectoryId!.Value;
        await node.WhenAsync(image => image.Topics.FindPartition("t", 0)!.Directories[0] == id);

        await node.StopAsync();
        await node.StartAsync();
        using var again = await node.ConnectAsync();
        (await CountAsync(again)).ShouldBe(41);
    }

    [Fact]
    public async Task A_throttled_move_is_described_outlives_a_crash_and_can_be_given_up()
    {
        await using var node = await NodeFixture.StartAsync(Two, ("replica.fetch.max.bytes", "100"));
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await ProduceAsync(client, $"before-{i}");
        }

        await ThrottleAsync(client, "1");
        var (from, to) = node.Disk.DirectoryExists("/d0/t-0") ? ("/d0", "/d1") : ("/d1", "/d0");
        (await MoveAsync(client, "t", 0, to)).ShouldBe(ErrorCode.None);
        await node.WhenAsync(_ => Future(node.Disk, to) is not null);
        (await IsFutureDescribedAsync(client, to)).ShouldBeTrue();

        // The process is killed; what it wrote is there.
        await node.CrashAsync();
        await node.StartAsync();
        using var again = await node.ConnectAsync();
        (await IsFutureDescribedAsync(again, to)).ShouldBeTrue();
        (await MoveAsync(again, "t", 0, from)).ShouldBe(ErrorCode.None);
        Future(node.Disk, to).ShouldBeNull();
        (await CountAsync(again)).ShouldBe(20);
    }

    [Fact]
    public async Task A_move_to_where_nothing_is_has_its_error()
    {
        await using var node = await NodeFixture.StartAsync(Two);
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();

        (await MoveAsync(client, "t", 0, "/nowhere")).ShouldBe(ErrorCode.LogDirNotFound);
        (await MoveAsync(client, "none", 0, "/d1")).ShouldBe(ErrorCode.UnknownTopicOrPartition);
        await node.CreateTopicAsync("none");
        node.Disk.DirectoryExists("/d1/none-0").ShouldBeTrue();
    }

    [Fact]
    public async Task A_crash_between_the_two_renames_of_a_move_loses_nothing()
    {
        await using var node = await NodeFixture.StartAsync(Two);
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await ProduceAsync(client, "a");
        await node.StopAsync();

        // As the node leaves it that is killed there: the old directory waits to be deleted, the copy is not the log yet.
        var (from, to) = node.Disk.DirectoryExists("/d0/t-0") ? ("/d0", "/d1") : ("/d1", "/d0");
        node.Disk.Move($"{from}/t-0", $"{to}/t-0.0123456789abcdef0123456789abcdef-future");
        await node.StartAsync();

        using var again = await node.ConnectAsync();
        (await CountAsync(again)).ShouldBe(1);
        node.Disk.DirectoryExists($"{to}/t-0").ShouldBeTrue();
    }

    [Fact]
    public async Task A_failed_directory_takes_its_leaders_with_it_and_is_told_as_failed()
    {
        await using var node = await NodeFixture.StartAsync(Two, ("metadata.log.dir", "/d0"));
        await node.CreateTopicAsync("t", partitions: 2);
        using var client = await node.ConnectAsync();
        var lost = node.PartitionIn("/d1", "t");

        node.Disk.Fault = (_, path) => path.StartsWith("/d1/", StringComparison.Ordinal) ? DiskErrorKind.Io : null;
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("b"), partition: lost), 12);

        await node.WhenAsync(image => image.Topics.FindPartition("t", lost)!.Leader == -1);
        var described = await client.CallAsync<DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = null }, 5);
        described.Results.Single(result => result.LogDir == "/d1").ErrorCode.ShouldBe(ErrorCode.KafkaStorageError);
        described.Results.Single(result => result.LogDir == "/d0").ErrorCode.ShouldBe(ErrorCode.None);
        (await MoveAsync(client, "t", 1 - lost, "/d1")).ShouldBe(ErrorCode.KafkaStorageError);
    }

    [Fact]
    public async Task The_metadata_log_may_have_a_directory_of_its_own()
    {
        await using var node = await NodeFixture.StartAsync(["/logs", "/meta"], ("log.dirs", "/logs"), ("metadata.log.dir", "/meta"));
        await node.CreateTopicAsync("t");

        node.Disk.DirectoryExists("/meta/__cluster_metadata-0").ShouldBeTrue();
        node.Disk.DirectoryExists("/logs/t-0").ShouldBeTrue();
        node.Disk.TryLock("/meta/.lock").ShouldBeNull();
        await node.StopAsync();
        using (var free = node.Disk.TryLock("/meta/.lock"))
        {
            free.ShouldNotBeNull();
        }

        await node.StartAsync();
    }

    [Fact]
    public async Task Directories_with_one_id_or_of_two_clusters_are_refused_by_name()
    {
        await using var node = await NodeFixture.StartAsync(Two);
        await node.StopAsync();
        var first = MetaProperties.Read(node.Disk, "/d0")!;
        var second = MetaProperties.Read(node.Disk, "/d1")!;

        (second with { DirectoryId = first.DirectoryId }).Write(node.Disk, "/d1", DateTimeOffset.UnixEpoch);
        (await Should.ThrowAsync<InvalidOperationException>(node.StartAsync)).Message.ShouldContain("/d0 and /d1 have the same directory.id");
        (second with { ClusterId = "AAAAAAAAAAAAAAAAAAAAAA" }).Write(node.Disk, "/d1", DateTimeOffset.UnixEpoch);
        (await Should.ThrowAsync<InvalidOperationException>(node.StartAsync)).Message.ShouldContain("/d1 belongs to cluster AAAAAAAAAAAAAAAAAAAAAA");
        second.Write(node.Disk, "/d1", DateTimeOffset.UnixEpoch);
        await node.StartAsync();
    }

    [Fact]
    public async Task A_damaged_log_that_nobody_has_used_has_an_error_and_its_neighbours_are_served()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t", partitions: 2);
        using (var client = await node.ConnectAsync())
        {
            await ProduceAsync(client, "a");
            await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("b"), partition: 1), 12);
        }

        await node.StopAsync();
        using (var file = node.Disk.Open("/data/t-0/00000000000000000000.log", DiskOpenMode.ReadWrite))
        {
            file.Write("rubbish, as a disk may have it, over the header of the only batch"u8, 0);
        }

        await node.StartAsync();
        using var again = await node.ConnectAsync();
        var fetched = await again.CallAsync<FetchResponse>(NodeFixture.Fetch("t", partitions: 2), 12);
        fetched.Responses.Single().Partitions[1].Records!.Value.Length.ShouldBeGreaterThan(0);
        node.Completion.IsCompleted.ShouldBeFalse();
    }

    private static async Task<ErrorCode> MoveAsync(NodeClient client, string topic, int partition, string directory)
    {
        var response = await client.CallAsync<AlterReplicaLogDirsResponse>(
            new AlterReplicaLogDirsRequest { Dirs = [new() { Path = directory, Topics = [new() { Name = topic, Partitions = [partition] }] }] }, 2);
        return response.Results.Single().Partitions.Single().ErrorCode;
    }

    private static async Task ThrottleAsync(NodeClient client, string bytesPerSecond)
    {
        var response = await client.CallAsync<IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new()
                    {
                        ResourceType = 4,
                        ResourceName = "1",
                        Configs = [new() { Name = "replica.alter.log.dirs.io.max.bytes.per.second", ConfigOperation = 0, Value = bytesPerSecond }],
                    },
                ],
            },
            1);
        response.Responses.Single().ErrorCode.ShouldBe(ErrorCode.None, response.Responses.Single().ErrorMessage);
    }

    private static async Task ProduceAsync(NodeClient client, string value)
    {
        while (true)
        {
            var response = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch(value)), 12);
            ErrorCode error = response.Responses.Single().PartitionResponses.Single().ErrorCode;
            if (error == ErrorCode.None)
            {
                return;
            }

            // What a client tries again after: the log was changing places.
            error.ShouldBe(ErrorCode.NotLeaderOrFollower);
        }
    }

    private static async Task<long> CountAsync(NodeClient client)
    {
        var response = await client.CallAsync<ListOffsetsResponse>(
            new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CurrentLeaderEpoch = -1, Timestamp = -1 }] }] }, 7);
        var fetched = await client.CallAsync<FetchResponse>(NodeFixture.Fetch("t"), 12);
        fetched.Responses.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.None);
        fetched.Responses.Single().Partitions.Single().Records!.Value.Length.ShouldBeGreaterThan(0);
        return response.Topics.Single().Partitions.Single().Offset;
    }

    private static async Task<bool> IsFutureDescribedAsync(NodeClient client, string directory)
    {
        var described = await client.CallAsync<DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = null }, 5);
        var future = described.Results.Single(result => result.LogDir == directory).Topics.SingleOrDefault(topic => topic.Name == "t")?.Partitions.SingleOrDefault();
        return future is { IsFutureKey: true } && future.OffsetLag > 0;
    }

    private static string? Future(MemoryDisk disk, string directory) =>
        disk.List(directory).Select(entry => entry.Name).FirstOrDefault(name => name.StartsWith("t-0.", StringComparison.Ordinal) && name.EndsWith("-future", StringComparison.Ordinal));
}
