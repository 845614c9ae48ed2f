using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>Fetches that say they come from a broker. One that has no replica of the partition would read what is not committed.</summary>
public sealed class FollowerFetchTests
{
    private const int Stranger = 7;
    private const int ThisNode = 1;

    [Theory]
    [InlineData(12, Stranger)]
    [InlineData(12, ThisNode)]
    [InlineData(18, Stranger)]
    public async Task A_broker_without_another_replica_of_the_partition_is_refused(short version, int replicaId)
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        var topic = (await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = null }, 12)).Topics.Single();
        await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch("a")), 12);
        var epoch = topic.Partitions.Single().LeaderEpoch;

        // A long poll must not wait for it.
        var unnamed = await FetchAsync(leaderEpoch: -1);
        (unnamed.ErrorCode, unnamed.Records?.Length ?? 0).ShouldBe((ErrorCode.NotLeaderOrFollower, 0));
        (await FetchAsync(epoch)).ErrorCode.ShouldBe(ErrorCode.UnknownLeaderEpoch);
        (await FetchAsync(epoch + 1)).ErrorCode.ShouldBe(ErrorCode.UnknownLeaderEpoch);
        replicaId = -1;
        (await FetchAsync(epoch)).Records!.Value.Length.ShouldBeGreaterThan(0, "a consumer");

        async Task<FetchResponse.PartitionData> FetchAsync(int leaderEpoch)
        {
            var request = NodeFixture.Fetch("t", maxWaitMs: 600_000);
            request.ReplicaId = version < 15 ? replicaId : -1;
            request.ReplicaState.ReplicaId = version < 15 ? -1 : replicaId;
            request.Topics.Single().TopicId = topic.TopicId;
            request.Topics.Single().Partitions.Single().CurrentLeaderEpoch = leaderEpoch;
            return (await client.CallAsync<FetchResponse>(request, version)).Responses.Single().Partitions.Single();
        }
    }
}
