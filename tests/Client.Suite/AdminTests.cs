using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client.Suite;

public class AdminTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task Topics_are_made_described_grown_and_deleted()
    {
        await using var admin = Admin();
        string name = Cluster.NewName("admin");

        var created = await admin.CreateTopicsAsync([new NewTopic(name, 3, 1), new NewTopic("not a name", 1)], null, Cancellation);

        created[name].Value.NumPartitions.ShouldBe(3);
        created[name].Value.Configs!.Get("retention.ms").ShouldNotBeNull();
        created["not a name"].Error!.Code.ShouldBe(ErrorCode.InvalidTopicException);
        (await Should.ThrowAsync<KafkaException>(admin.CreateTopicAsync(new NewTopic(name, 3), Cancellation))).Code.ShouldBe(ErrorCode.TopicAlreadyExists);
        await admin.CreatePartitionsAsync(name, 5, Cancellation);
        TopicDescription topic = await DescribedAsync(admin, name, partitions: 5);
        topic.TopicId.ShouldBe(created[name].Value.TopicId);
        (await admin.ListTopicsAsync(null, Cancellation)).ShouldContain(new TopicListing(name, topic.TopicId, false));
        (await admin.DescribeTopicsAsync([topic.TopicId], null, Cancellation))[topic.TopicId].Value.Name.ShouldBe(name);
        (await admin.DeleteTopicsAsync([topic.TopicId], Cancellation)).ThrowIfAnyFailed();
        (await Should.ThrowAsync<KafkaException>(admin.DeleteTopicAsync(name, Cancellation))).Code.ShouldBe(ErrorCode.UnknownTopicOrPartition);
    }

    [Fact]
    public async Task A_topic_with_many_partitions_is_described_in_pages()
    {
        await using var admin = Admin();
        string large = await Cluster.CreateTopicAsync("large", partitions: 11);
        string small = await Cluster.CreateTopicAsync("small", partitions: 2);
        await DescribedAsync(admin, large, 11);
        await DescribedAsync(admin, small, 2);

        var topics = await admin.DescribeTopicsAsync([small, large, "there-is-none"], new DescribeTopicsOptions { PartitionSizeLimitPerResponse = 3 }, Cancellation);

        topics[large].Value.Partitions.Select(partition => partition.Partition).ShouldBe(Enumerable.Range(0, 11));
        topics[small].Value.Partitions.Count.ShouldBe(2);
        topics["there-is-none"].Error!.Code.ShouldBe(ErrorCode.UnknownTopicOrPartition);
    }

    [Fact]
    public async Task Configurations_are_changed_one_by_one()
    {
        await using var admin = Admin();
        ConfigResource topic = ConfigResource.Topic(await Cluster.CreateTopicAsync("configured", 1, ("retention.ms", "1000")));

        await admin.IncrementalAlterConfigsAsync(topic, [AlterConfigOp.Set("retention.ms", "5000"), AlterConfigOp.Append("cleanup.policy", "compact")], Cancellation);
        Config config = await UntilAsync(() => admin.DescribeConfigAsync(topic, Cancellation), found => found.Get("retention.ms")!.Value == "5000");

        config.Get("cleanup.policy")!.Value.ShouldBe("delete,compact");
        config.Get("retention.ms")!.Source.ShouldBe(ConfigSource.DynamicTopicConfig);
        config.Get("segment.bytes")!.IsDefault.ShouldBeTrue();
        var refused = await admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> { [topic] = [AlterConfigOp.Set("no.such.key", "1")] }, null, Cancellation);
        refused[topic].Error!.Code.ShouldBe(ErrorCode.InvalidConfig);
        ClusterDescription cluster = await admin.DescribeClusterAsync(null, Cancellation);
        var brokers = await admin.DescribeConfigsAsync([ConfigResource.Broker(cluster.Nodes[0].Id), ConfigResource.Broker(9999)], null, Cancellation);
        brokers[ConfigResource.Broker(cluster.Nodes[0].Id)].Value.Get("log.dirs").ShouldNotBeNull();
        brokers[ConfigResource.Broker(9999)].Error!.Code.ShouldBe(ErrorCode.BrokerIdNotRegistered);
    }

    [Fact]
    public async Task Offsets_of_a_group_are_set_read_and_deleted()
    {
        await using var admin = Admin();
        string topic = await Cluster.CreateTopicAsync("committed", partitions: 2);
        await DescribedAsync(admin, topic, 2);
        string group = Cluster.NewName("group");
        var first = new TopicPartition(topic, 0);
        var second = new TopicPartition(topic, 1);

        (await admin.AlterConsumerGroupOffsetsAsync(
            group, new Dictionary<TopicPartition, CommittedOffset> { [first] = new(5) { Metadata = "note" }, [second] = new(7) { LeaderEpoch = 0 } }, Cancellation)).ThrowIfAnyFailed();

        var offsets = await admin.ListConsumerGroupOffsetsAsync(group, null, Cancellation);
        offsets[first].ShouldBe(new CommittedOffset(5) { Metadata = "note" });
        offsets[second].ShouldBe(new CommittedOffset(7) { LeaderEpoch = 0 });
        (await admin.ListGroupsAsync(ListGroupsOptions.ForConsumerGroups(), Cancellation)).Single(listed => listed.GroupId == group).IsSimpleConsumerGroup.ShouldBeTrue();
        (await admin.DescribeConsumerGroupAsync(group, Cancellation)).State.ShouldBe(GroupState.Empty);
        (await admin.DeleteConsumerGroupOffsetsAsync(group, [first], Cancellation)).ThrowIfAnyFailed();
        (await admin.ListConsumerGroupOffsetsAsync(group, null, Cancellation)).Keys.ShouldBe([second]);
        (await admin.DeleteGroupsAsync([group], Cancellation)).ThrowIfAnyFailed();
        (await Should.ThrowAsync<KafkaException>(admin.DescribeConsumerGroupAsync(group, Cancellation))).Code.ShouldBe(ErrorCode.GroupIdNotFound);
    }

    [Fact]
    public async Task Records_are_looked_up_and_deleted()
    {
        await using var admin = Admin();
        string topic = await Cluster.CreateTopicAsync("records", 1, ("retention.ms", "-1"));
        var partition = new TopicPartition(topic, 0);
        await using (var producer = new Producer(Cluster.For(new ProducerOptions())))
        {
            for (int i = 0; i < 3; i++)
            {
                await producer.SendAsync(new ProducerRecord(topic, value: new byte[] { 1 }) { Timestamp = 1_700_000_000_000 + i }, Cancellation);
            }
        }

        async Task<OffsetAtTime> At(OffsetSpec spec) =>
            (await admin.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [partition] = spec }, IsolationLevel.ReadUncommitted, Cancellation))[partition].Value;

        (await At(OffsetSpec.Latest)).Offset.ShouldBe(3);
        (await At(OffsetSpec.ForTimestampMs(1_700_000_000_001))).Offset.ShouldBe(1);
        (await At(OffsetSpec.MaxTimestamp)).TimestampMs.ShouldBe(1_700_000_000_002);
        (await At(OffsetSpec.ForTimestampMs(1_700_000_005_000))).Offset.ShouldBe(-1);
        (await admin.DeleteRecordsAsync(new Dictionary<TopicPartition, long> { [partition] = 2 }, Cancellation))[partition].Value.ShouldBe(2);
        (await At(OffsetSpec.Earliest)).Offset.ShouldBe(2);
        (await admin.DescribeProducersAsync([partition], null, Cancellation))[partition].Value.ShouldHaveSingleItem().LastSequence.ShouldBe(2);
    }

    [Fact]
    public async Task Partitions_tell_where_they_are_and_move()
    {
        await using var admin = Admin();
        string topic = await Cluster.CreateTopicAsync("placed");
        await DescribedAsync(admin, topic, 1);
        var partition = new TopicPartition(topic, 0);
        int broker = (await admin.DescribeClusterAsync(null, Cancellation)).Nodes[0].Id;
        var replica = new TopicPartitionReplica(partition, broker);

        var directories = await admin.DescribeLogDirsAsync([broker], Cancellation);
        var placed = await UntilAsync(
            async () => (await admin.DescribeReplicaLogDirsAsync([replica], Cancellation))[replica].Value, found => found.CurrentReplicaLogDir is not null);

        directories[broker].Value.Keys.ShouldContain(placed.CurrentReplicaLogDir!);
        var moved = await admin.AlterReplicaLogDirsAsync(new Dictionary<TopicPartitionReplica, string> { [replica] = "/there/is/none" }, Cancellation);
        moved[replica].Error!.Code.ShouldBe(ErrorCode.LogDirNotFound);
        (await admin.ElectLeadersAsync(ElectionType.Preferred, [partition], Cancellation))[partition].Error!.Code.ShouldBe(ErrorCode.ElectionNotNeeded);
        (await admin.AlterPartitionReassignmentsAsync(new Dictionary<TopicPartition, IReadOnlyList<int>?> { [partition] = [broker] }, true, Cancellation)).ThrowIfAnyFailed();
        var cancelled = await admin.AlterPartitionReassignmentsAsync(new Dictionary<TopicPartition, IReadOnlyList<int>?> { [partition] = null }, true, Cancellation);
        cancelled[partition].Error!.Code.ShouldBe(ErrorCode.NoReassignmentInProgress);
        (await admin.ListPartitionReassignmentsAsync([partition], Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Producers_of_a_transactional_id_are_fenced()
    {
        await using var admin = Admin();
        string id = Cluster.NewName("transactional");

        var fenced = await admin.FenceProducersAsync([id], Cancellation);
        await admin.ForceTerminateTransactionAsync(id, Cancellation);

        fenced[id].Value.ProducerEpoch.ShouldBe((short)0);
        var described = await admin.DescribeTransactionsAsync([id, "there-is-none"], Cancellation);
        described[id].Value.State.ShouldBe(TransactionState.Empty);
        described[id].Value.ProducerEpoch.ShouldBe(1);
        described["there-is-none"].Error!.Code.ShouldBe(ErrorCode.TransactionalIdNotFound);
        (await admin.ListTransactionsAsync(null, Cancellation)).ShouldContain(listed => listed.TransactionalId == id && listed.State == TransactionState.Empty);
    }

    [Fact]
    public async Task The_cluster_tells_of_its_features_and_quorum()
    {
        await using var admin = Admin();

        FeatureMetadata features = await admin.DescribeFeaturesAsync(null, Cancellation);
        QuorumInfo quorum = await admin.DescribeMetadataQuorumAsync(Cancellation);
        var update = await admin.UpdateFeaturesAsync(new Dictionary<string, FeatureUpdate> { ["no.such.feature"] = new(3) }, true, Cancellation);

        features.FinalizedFeatures["metadata.version"].MaxVersion.ShouldBeGreaterThan((short)20);
        quorum.Voters.ShouldContain(voter => voter.ReplicaId == quorum.LeaderId);
        update["no.such.feature"].Error!.Code.ShouldBe(ErrorCode.InvalidUpdateVersion);
        (await Should.ThrowAsync<KafkaException>(admin.UnregisterBrokerAsync(9999, Cancellation))).Code.ShouldBe(ErrorCode.BrokerIdNotRegistered);
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        while (true)
        {
            T answer = await ask();
            if (isSo(answer))
            {
                return answer;
            }

            // Brokers hear of changes a little after the controller has made them.
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<TopicDescription> DescribedAsync(AdminClient admin, string topic, int partitions)
    {
        AdminResult<TopicDescription> described = await UntilAsync(
            async () => (await admin.DescribeTopicsAsync([topic], null, Cancellation))[topic],
            found => found.IsSuccess && found.Value.Partitions.Count == partitions && found.Value.Partitions.All(partition => partition.Leader is not null));
        return described.Value;
    }

    private AdminClient Admin() => new(Cluster.For(new AdminOptions()));
}
