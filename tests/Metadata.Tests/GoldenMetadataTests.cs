using System.Text.Json;
using Moldau.Configuration;

namespace Moldau.Metadata.Tests;

/// <summary>The metadata logs that Apache Kafka wrote, loaded into an image, give what its clients saw.</summary>
public sealed class GoldenMetadataTests
{
    public static TheoryData<string> Names => ["metadata", "plain", "many-topics", "from-4.3.1-upgraded", "offline-broker", "groups", "jbod"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_log_of_Apache_Kafka_gives_the_topics_its_clients_saw(string name)
    {
        GoldenDirectory directory = GoldenDirectory.Load(name);
        MetadataImage image = Load(directory);
        int topics = 0;
        foreach (JsonProperty seen in directory.Seen.GetProperty("topics").EnumerateObject())
        {
            topics++;
            TopicImage topic = image.Topics.Find(seen.Name).ShouldNotBeNull(seen.Name);
            topic.Id.ToString().ShouldBe(seen.Value.GetProperty("topicId").GetString());
            TopicNames.IsInternal(seen.Name).ShouldBe(seen.Value.GetProperty("internal").GetBoolean());
            CheckConfigs(image, ConfigResource.Topic(seen.Name), seen.Value.GetProperty("config"));
            CheckPartitions(topic, seen.Value.GetProperty("partitions"));
        }

        image.Topics.Count.ShouldBe(topics);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_log_of_Apache_Kafka_gives_the_features_and_dynamic_configurations_its_clients_saw(string name)
    {
        GoldenDirectory directory = GoldenDirectory.Load(name);
        MetadataImage image = Load(directory);
        foreach (JsonProperty feature in directory.Seen.GetProperty("cluster").GetProperty("features").EnumerateObject())
        {
            if (feature.Name != KnownFeatures.KRaftVersion)
            {
                image.Features.Level(feature.Name).ShouldBe(feature.Value.GetInt16(), feature.Name);
            }
        }

        CheckResources(image, directory.Seen, "brokerConfigs", ConfigResourceType.Broker);
        CheckResources(image, directory.Seen, "groupConfigs", ConfigResourceType.Group);
        CheckResources(image, directory.Seen, "clientMetrics", ConfigResourceType.ClientMetrics);
    }

    [Fact]
    public void A_log_of_Apache_Kafka_gives_the_ACLs_quotas_and_users_its_clients_saw()
    {
        GoldenDirectory directory = GoldenDirectory.Load("metadata");
        MetadataImage image = Load(directory);
        image.Acls.Entries.Count.ShouldBe(directory.Seen.GetProperty("acls").GetArrayLength());
        int credentials = 0;
        foreach (JsonProperty user in directory.Seen.GetProperty("scramUsers").EnumerateObject())
        {
            foreach (JsonElement mechanism in user.Value.EnumerateArray())
            {
                credentials++;
                ScramMechanism kind = mechanism[0].GetString() == "SCRAM-SHA-256" ? ScramMechanism.ScramSha256 : ScramMechanism.ScramSha512;
                image.Scram.Find(user.Name, kind).ShouldNotBeNull(user.Name).Iterations.ShouldBe(mechanism[1].GetInt32());
            }
        }

        image.Scram.Credentials.Count.ShouldBe(credentials);
        foreach (JsonElement quota in directory.Seen.GetProperty("quotas").EnumerateArray())
        {
            var entity = new ClientQuotaEntity(quota.GetProperty("entity").EnumerateObject()
                .Select(part => new KeyValuePair<string, string?>(part.Name, part.Value.GetString())));
            foreach (JsonProperty value in quota.GetProperty("values").EnumerateObject())
            {
                image.ClientQuotas.Of(entity)[value.Name].ShouldBe(value.Value.GetDouble(), entity.ToString());
            }
        }

        image.ClientQuotas.Entities.Count.ShouldBe(directory.Seen.GetProperty("quotas").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_image_becomes_records_that_make_the_same_image(string name)
    {
        MetadataImage image = Load(GoldenDirectory.Load(name));
        Reload(image).ShouldBe(image);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_snapshots_of_Apache_Kafka_are_what_the_log_says_at_their_offset(string name)
    {
        GoldenDirectory directory = GoldenDirectory.Load(name);
        List<(long Offset, MetadataRecord Record)> log = directory.LogRecords();
        foreach ((string file, List<MetadataRecord> records) in directory.Snapshots())
        {
            long end = long.Parse(file[..20], System.Globalization.CultureInfo.InvariantCulture);
            if (end == 0 || log.Count == 0 || log[0].Offset > 1)
            {
                continue;
            }

            MetadataImage replayed = MetadataImage.Empty.With([.. log.TakeWhile(record => record.Offset < end).Select(record => record.Record)]);
            MetadataImage loaded = MetadataImage.Empty.With([.. records]);
            loaded.ShouldBe(replayed, file);
        }
    }

    private static MetadataImage Load(GoldenDirectory directory)
    {
        List<(long Offset, MetadataRecord Record)> log = directory.LogRecords();
        MetadataImage image = MetadataImage.Empty;
        if (log.Count > 0 && log[0].Offset > 1)
        {
            image = image.With([.. directory.Snapshots().OrderBy(snapshot => snapshot.Name, StringComparer.Ordinal).Last().Records]);
        }

        return image.With([.. log.Select(record => record.Record)]);
    }

    private static MetadataImage Reload(MetadataImage image)
    {
        var records = new MetadataRecordList();
        image.WriteTo(records);
        return MetadataImage.Empty.With([.. records.Records.Select(record => MetadataRecordSerde.Read(MetadataRecordSerde.Write(record)))]);
    }

    private static void CheckPartitions(TopicImage topic, JsonElement partitions)
    {
        int count = 0;
        foreach (JsonProperty seen in partitions.EnumerateObject())
        {
            count++;
            PartitionRegistration partition = topic.Partition(int.Parse(seen.Name, System.Globalization.CultureInfo.InvariantCulture)).ShouldNotBeNull();
            Ids(partition.Replicas).ShouldBe(Ids(seen.Value.GetProperty("replicas")));
        }

        topic.PartitionCount.ShouldBe(count);
    }

    private static string Ids(IEnumerable<int> ids) => string.Join(',', ids);

    private static string Ids(JsonElement ids) => string.Join(',', ids.EnumerateArray().Select(id => id.GetInt32()));

    private static void CheckResources(MetadataImage image, JsonElement seen, string property, ConfigResourceType type)
    {
        if (!seen.TryGetProperty(property, out JsonElement resources))
        {
            return;
        }

        foreach (JsonProperty resource in resources.EnumerateObject())
        {
            CheckConfigs(image, new(type, resource.Name), resource.Value);
        }
    }

    private static void CheckConfigs(MetadataImage image, ConfigResource resource, JsonElement expected)
    {
        var values = expected.EnumerateObject().ToDictionary(config => config.Name, config => Plain(config.Value.GetString()!));
        image.Configs.Of(resource).ToDictionary(config => config.Key, config => Plain(config.Value)).OrderBy(config => config.Key, StringComparer.Ordinal)
            .ShouldBe(values.OrderBy(config => config.Key, StringComparer.Ordinal), resource.ToString());
    }

    /// <summary>Clients see numbers as the broker prints them after parsing: 1.048576E7 where 10485760 was set.</summary>
    private static string Plain(string value) =>
        double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out double number) ? $"{number:R}" : value;
}
