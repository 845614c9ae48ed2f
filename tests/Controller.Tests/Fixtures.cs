using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;
using Moldau.Runtime;

namespace Moldau.Controller.Tests;

internal static class Fixtures
{
    internal static readonly Uuid TopicId = new(5, 500);

    internal static NodeConfiguration Node(params (string Key, string Value)[] more)
    {
        var properties = new Dictionary<string, string>
        {
            ["process.roles"] = "broker,controller",
            ["node.id"] = "1",
            ["listeners"] = "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
            ["controller.listener.names"] = "CONTROLLER",
            ["controller.quorum.voters"] = "1@127.0.0.1:9093",
        };
        foreach ((string key, string value) in more)
        {
            properties[key] = value;
        }

        return NodeConfiguration.Load(properties, []);
    }

    internal static ControlContext Context(short apiVersion = 0, long nowMs = 1_000_000, long nextOffset = 1000, params (string Key, string Value)[] configs) => new()
    {
        Node = Node(configs),
        Entropy = new CountingEntropy(),
        ClusterId = "cluster",
        NowMs = nowMs,
        NextOffset = nextOffset,
        ApiVersion = apiVersion,
    };

    /// <summary>A cluster at the newest metadata.version with live brokers 1 to <paramref name="brokers"/>.</summary>
    internal static MetadataImage Cluster(int brokers, bool elr = false)
    {
        var records = new List<MetadataRecord> { Record(new FeatureLevelRecord { Name = MetadataVersion.FeatureName, FeatureLevel = 33 }) };
        if (elr)
        {
            records.Add(Record(new FeatureLevelRecord { Name = KnownFeatures.EligibleLeaderReplicasVersion, FeatureLevel = 1 }));
        }

        for (int id = 1; id <= brokers; id++)
        {
            var broker = new RegisterBrokerRecord
            {
                BrokerId = id,
                BrokerEpoch = 100 + id,
                IncarnationId = new Uuid(1, (ulong)id),
                Fenced = false,
                LogDirs = [new Uuid(2, (ulong)id)],
            };
            foreach ((string name, VersionRange range) in KnownFeatures.SupportedRanges)
            {
                broker.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
            }

            records.Add(Record(broker));
        }

        return MetadataImage.Empty.With([.. records]);
    }

    /// <summary>The cluster with topic "t" of one partition.</summary>
    internal static MetadataImage WithTopic(this MetadataImage image, int[] replicas, int[]? isr = null, int? leader = null) => image.With(
        Record(new TopicRecord { Name = "t", TopicId = TopicId }),
        Record(new PartitionRecord
        {
            TopicId = TopicId,
            PartitionId = 0,
            Replicas = [.. replicas],
            Isr = [.. isr ?? replicas],
            Leader = leader ?? replicas[0],
            LeaderEpoch = 0,
            PartitionEpoch = 0,
            Directories = [.. replicas.Select(id => new Uuid(2, (ulong)id))],
        }));

    internal static MetadataImage After<T>(this MetadataImage image, ControllerResult<T> result) => image.With([.. result.Records]);

    internal static PartitionRegistration Partition(this MetadataImage image, string topic = "t", int index = 0) =>
        image.Topics.FindPartition(topic, index).ShouldNotBeNull();

    internal static MetadataRecord Record(Protocol.IMetadataRecord record) => new(record, 0);

    private sealed class CountingEntropy : IEntropy
    {
        private byte _next;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte value in destination)
            {
                value = _next++;
            }
        }
    }
}
