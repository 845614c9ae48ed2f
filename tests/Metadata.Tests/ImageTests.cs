using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata.Tests;

/// <summary>Random histories: whatever order of changes, a snapshot of the image is the image, and old images stay what they were.</summary>
public sealed class ImageTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_snapshot_makes_the_same_image_and_changes_leave_older_images_alone(int seed)
    {
        var random = new Random(seed);
        MetadataImage image = MetadataImage.Empty.With(new MetadataRecord(new FeatureLevelRecord { Name = MetadataVersion.FeatureName, FeatureLevel = 33 }, 0));
        for (int step = 0; step < 120; step++)
        {
            MetadataImage before = image;
            string textBefore = Text(before);
            image = image.With(Change(random, image));
            Text(before).ShouldBe(textBefore, $"seed {seed}, step {step}");
        }

        MetadataImage reloaded = MetadataImage.Empty.With([.. Records(image)]);
        reloaded.ShouldBe(image, $"seed {seed}");

        var over = new MetadataDelta(MetadataImage.Empty.With([.. Records(image).Take(20)]));
        foreach (MetadataRecord record in Records(image))
        {
            over.Replay(record.Message);
        }

        over.FinishSnapshot();
        over.Apply(image.Provenance).ShouldBe(image, $"seed {seed}: loaded over an older image");
    }

    [Fact]
    public void A_snapshot_loaded_over_an_image_removes_what_it_does_not_name()
    {
        MetadataImage image = MetadataImage.Empty.With(Topic("a", 1), Topic("b", 2));
        var delta = new MetadataDelta(image);
        delta.Replay(new TopicRecord { Name = "b", TopicId = new Uuid(1, 2) });
        delta.FinishSnapshot();
        MetadataImage after = delta.Apply(MetadataProvenance.Empty);
        after.Topics.Find("a").ShouldBeNull();
        after.Topics.Find("b").ShouldNotBeNull();
        delta.Topics!.DeletedIds.ShouldBe([new Uuid(1, 1)]);
    }

    [Fact]
    public void A_change_of_a_partition_bumps_its_epoch_and_a_vote_the_leader_epoch()
    {
        MetadataImage image = MetadataImage.Empty.With(Topic("a", 1), Partition(1, 0));
        image = image.With(new MetadataRecord(new PartitionChangeRecord { TopicId = new Uuid(1, 1), PartitionId = 0, Isr = [1] }, 2));
        PartitionRegistration partition = image.Topics.FindPartition("a", 0)!;
        (partition.PartitionEpoch, partition.LeaderEpoch).ShouldBe((1, 0));
        image = image.With(new MetadataRecord(new PartitionChangeRecord { TopicId = new Uuid(1, 1), PartitionId = 0, Leader = 1 }, 2));
        partition = image.Topics.FindPartition("a", 0)!;
        (partition.PartitionEpoch, partition.LeaderEpoch).ShouldBe((2, 1));
    }

    [Fact]
    public void A_record_about_what_does_not_exist_is_refused()
    {
        Should.Throw<MetadataException>(() => MetadataImage.Empty.With(Partition(1, 0)));
        Should.Throw<MetadataException>(() => MetadataImage.Empty.With(new MetadataRecord(new RemoveTopicRecord { TopicId = new Uuid(1, 1) }, 0)));
        Should.Throw<MetadataException>(() => MetadataImage.Empty.With(new MetadataRecord(new FenceBrokerRecord { Id = 1, Epoch = 1 }, 0)));
    }

    private static MetadataRecord Topic(string name, ulong id) => new(new TopicRecord { Name = name, TopicId = new Uuid(1, id) }, 0);

    private static MetadataRecord Partition(ulong topic, int index) => new(
        new PartitionRecord { TopicId = new Uuid(1, topic), PartitionId = index, Replicas = [1, 2], Isr = [1, 2], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 }, 2);

    private static List<MetadataRecord> Records(MetadataImage image)
    {
        var records = new MetadataRecordList();
        image.WriteTo(records);
        return records.Records;
    }

    private static string Text(MetadataImage image) =>
        string.Join(',', Records(image).Select(record => Convert.ToHexString(MetadataRecordSerde.Write(record))).Order(StringComparer.Ordinal));

    private static MetadataRecord Change(Random random, MetadataImage image)
    {
        TopicImage[] topics = [.. image.Topics.ById.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)];
        TopicImage? topic = topics.Length == 0 ? null : topics[random.Next(topics.Length)];
        switch (random.Next(9))
        {
            case 0 when topic is not null && random.Next(3) == 0:
                return new(new RemoveTopicRecord { TopicId = topic.Id }, 0);
            case 1 or 2 when topic is not null:
                var partition = (PartitionRecord)Partition(1, topic.PartitionCount).Message;
                partition.TopicId = topic.Id;
                return new(partition, 2);
            case 3 or 4 when topic is { PartitionCount: > 0 }:
                int index = random.Next(topic.PartitionCount);
                return new(new PartitionChangeRecord { TopicId = topic.Id, PartitionId = index, Isr = [1], Leader = random.Next(-2, 3), EligibleLeaderReplicas = [2] }, 2);
            case 5:
                string? value = random.Next(3) == 0 ? null : $"{random.Next(10)}";
                return new(new ConfigRecord { ResourceType = 4, ResourceName = $"{random.Next(3)}", Name = $"key{random.Next(4)}", Value = value }, 0);
            case 6:
                var quota = new ClientQuotaRecord { Key = "producer_byte_rate", Value = random.Next(), Remove = random.Next(4) == 0 };
                quota.Entity.Add(new() { EntityType = "user", EntityName = random.Next(3) == 0 ? null : $"{random.Next(3)}" });
                return new(quota, 0);
            case 7:
                return new(new RegisterBrokerRecord { BrokerId = random.Next(4), BrokerEpoch = random.Next(100), Fenced = random.Next(2) == 0, LogDirs = [new(7, 200)] }, 4);
            default:
                ulong id = (ulong)random.Next(1, int.MaxValue);
                return Topic($"topic-{id}", id);
        }
    }
}
