using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>A node keeps as many files open as the process may have, less what its connections need.</summary>
public sealed class OpenFilesNodeTests
{
    private const int Partitions = 100;

    [Theory]
    [InlineData(80L, 40, "the 80 that the process may have open")]
    [InlineData(long.MaxValue, 100_000, "what is not limited")]
    [InlineData(null, 8192, "what is not known to be limited")]
    public async Task The_files_of_many_partitions_stay_open_as_far_as_the_limit_lets_them(long? limit, int capacity, string rest)
    {
        await using var node = await NodeFixture.StartAsync();
        await node.StopAsync();
        node.FileDescriptorsMax = limit;
        await node.StartAsync();
        node.Log.At(LogLevel.Information).ShouldContain($"up to {capacity} files of logs stay open; the rest of {rest} is for connections");

        await node.CreateTopicAsync("t", Partitions, ("durability", "kafka"));
        using var client = await node.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                var produced = await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a"), partition: partition), 12);
                produced.Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
            }
        }

        if (capacity < Partitions)
        {
            // The lock of the directory, and a file that is in use, come on top.
            node.Disk.OpenHandles.ShouldBeInRange(capacity - 10, capacity + 10);
        }
        else
        {
            node.Disk.OpenHandles.ShouldBeGreaterThanOrEqualTo(Partitions);
        }
    }
}
