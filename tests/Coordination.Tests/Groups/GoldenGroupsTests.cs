using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Moldau.Core;
using Moldau.Protocol.Coordination;
using Moldau.Records;

namespace Moldau.Coordination.Tests;

/// <summary>The logs of groups that Apache Kafka 4.4 wrote: read, they give what its clients saw; written by us, the same records have the same bytes.</summary>
public sealed class GoldenGroupsTests
{
    private const string Topic = "__consumer_offsets";

    private static readonly string? Folder = FindFolder();

    public static TheoryData<string> Directories => ["groups", "internal-compacted", "transactions", "transactions-prepared", "share-groups"];

    [Theory]
    [MemberData(nameof(Directories))]
    public void Records_have_the_bytes_that_kafka_gave_them(string name)
    {
        var count = 0;
        foreach (var (partition, batches) in Logs(name))
        {
            using var harness = Harness(partition, batches);
            foreach (var (_, key, value) in harness.Log.Records(new TopicPartition(Topic, partition)))
            {
                var record = CoordinatorRecordCodec.Group.Read(key, value is null ? default(ReadOnlyMemory<byte>?) : value)!;
                CoordinatorRecordCodec.WriteKey(record).ShouldBe(key);
                CoordinatorRecordCodec.WriteValue(record).ShouldBe(value);
                count++;
            }
        }

        count.ShouldBeGreaterThan(0);
    }

    /// <summary>Not of the directory whose transactions the transaction coordinator ends at the next start: clients saw what came of that.</summary>
    [Theory]
    [InlineData("groups")]
    [InlineData("internal-compacted")]
    [InlineData("transactions")]
    [InlineData("share-groups")]
    public void Groups_and_offsets_are_those_that_clients_saw(string name)
    {
        var seen = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder ?? Skip(), name + ".json"))).RootElement.GetProperty("seen").GetProperty("groups");
        var left = seen.EnumerateObject().Where(group => Type(group.Value) is "classic" or "consumer").Select(group => group.Name).ToHashSet();
        foreach (var (partition, batches) in Logs(name))
        {
            using var harness = Harness(partition, batches);
            foreach (var group in harness.Shard.Groups.All)
            {
                left.Remove(group.Id).ShouldBeTrue($"{group.Id} is not there for clients");
                var expected = seen.GetProperty(group.Id);
                GroupTypes.NameOf(group.Type).ShouldBe(Type(expected));
                OffsetsOf(harness, partition, group).ShouldBe(OffsetsOf(expected), $"offsets of {group.Id}");
                if (group is ClassicGroup classic)
                {
                    Compare(classic, expected.GetProperty("classic"));
                }
            }
        }

        left.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Directories))]
    public void A_group_and_an_offset_written_again_are_their_last_records(string name)
    {
        foreach (var (partition, batches) in Logs(name))
        {
            using var harness = Harness(partition, batches);
            var last = new Dictionary<string, (CoordinatorRecord Record, byte[]? Value)>();
            foreach (var (_, key, value) in harness.Log.Records(new TopicPartition(Topic, partition)))
            {
                last[Convert.ToHexString(key)] = (CoordinatorRecordCodec.Group.Read(key, value is null ? default(ReadOnlyMemory<byte>?) : value)!, value);
            }

            foreach (var (record, value) in last.Values)
            {
                if (value is not null && Again(harness.Shard, record) is { } again)
                {
                    CoordinatorRecordCodec.WriteKey(again).ShouldBe(CoordinatorRecordCodec.WriteKey(record));
                    CoordinatorRecordCodec.WriteValue(again).ShouldBe(value);
                }
            }
        }
    }

    private static CoordinatorRecord? Again(GroupShard shard, CoordinatorRecord record) => record.Key switch
    {
        GroupMetadataKey key when shard.Groups.Find(key.Group) is ClassicGroup group => GroupRecords.ClassicGroup(group, static member => member.Assignment),
        OffsetCommitKey key when shard.Offsets.Find(key.Group, key.Topic, key.Partition) is { } offset && offset.Offset == ((OffsetCommitValue)record.Value!).Offset =>
            GroupRecords.Offset(key.Group, key.Topic, key.Partition, offset),
        ConsumerGroupMetadataKey key when shard.Groups.Find(key.GroupId) is ConsumerGroup group => ConsumerGroupRecords.Epoch(group.Id, group.Epoch, group.MetadataHash),
        ConsumerGroupMemberMetadataKey key when shard.Groups.Find(key.GroupId) is ConsumerGroup group =>
            ConsumerGroupRecords.MemberMetadata(group.Id, group.Member(key.MemberId)!),
        ConsumerGroupTargetAssignmentMetadataKey key when shard.Groups.Find(key.GroupId) is ConsumerGroup group =>
            ConsumerGroupRecords.TargetMetadata(group.Id, group.Target.Epoch, group.Target.TimestampMs),

        // Of topics whose hashes fall into one bucket the order is that in which the assignor came to them: the state does not tell it.
        ConsumerGroupTargetAssignmentMemberKey key when shard.Groups.Find(key.GroupId) is ConsumerGroup group && group.TargetOf(key.MemberId).Topics.Count < 2 =>
            ConsumerGroupRecords.Target(group.Id, key.MemberId, group.TargetOf(key.MemberId)),
        ConsumerGroupCurrentMemberAssignmentKey key when shard.Groups.Find(key.GroupId) is ConsumerGroup group =>
            ConsumerGroupRecords.Current(group.Id, group.Member(key.MemberId)!),
        ConsumerGroupRegularExpressionKey key when shard.Groups.Find(key.GroupId) is ConsumerGroup group =>
            ConsumerGroupRecords.Pattern(group.Id, key.RegularExpression, group.Resolved(key.RegularExpression)!),
        _ => null,
    };

    private static void Compare(ClassicGroup group, JsonElement expected)
    {
        group.State.ToString().ShouldBe(expected.GetProperty("state").GetString());
        (group.ProtocolType ?? "").ShouldBe(expected.GetProperty("protocolType").GetString());
        var members = expected.GetProperty("members");
        members.EnumerateObject().Select(member => member.Name).Order().ShouldBe(group.Members.Select(member => member.MemberId).Order());
        foreach (var member in group.Members)
        {
            var described = members.GetProperty(member.MemberId);
            described.GetProperty("instanceId").GetString().ShouldBe(member.GroupInstanceId);
            described.GetProperty("clientId").GetString().ShouldBe(member.ClientId);
            described.GetProperty("host").GetString().ShouldBe(member.ClientHost);
            described.GetProperty("assignment").GetString().ShouldBe(Convert.ToBase64String(member.Assignment.Span));
            described.GetProperty("metadata").GetString().ShouldBe(Convert.ToBase64String(member.Metadata(group.ProtocolName!).Span));
        }
    }

    private static List<string> OffsetsOf(RuntimeHarness<GroupShard> harness, int partition, Group group)
    {
        var read = harness.Runtime.ScheduleRead("test", partition, (shard, offset) => shard.Offsets.FetchAll(new() { GroupId = group.Id, MemberId = null }, offset));
        harness.Run();
        return [.. RuntimeHarness<GroupShard>.Result(read).Topics
            .SelectMany(topic => topic.Partitions.Select(offset => $"{topic.Name}-{offset.PartitionIndex.Value} {offset.CommittedOffset.Value} {offset.CommittedLeaderEpoch.Value} {offset.Metadata}"))
            .Order(StringComparer.Ordinal)];
    }

    private static List<string> OffsetsOf(JsonElement expected) =>
        [.. expected.GetProperty("offsets").EnumerateObject()
            .Select(offset => $"{offset.Name} {offset.Value.GetProperty("offset").GetInt64()} {Epoch(offset.Value)} {offset.Value.GetProperty("metadata").GetString()}")
            .Order(StringComparer.Ordinal)];

    private static int Epoch(JsonElement offset) => offset.TryGetProperty("leaderEpoch", out var epoch) && epoch.ValueKind == JsonValueKind.Number ? epoch.GetInt32() : -1;

    private static string? Type(JsonElement group) => group.GetProperty("type").GetString();

    private static RuntimeHarness<GroupShard> Harness(int partition, List<byte[]> batches)
    {
        var harness = new RuntimeHarness<GroupShard>(
            new CoordinatorRuntimeOptions { Topic = Topic, Codec = CoordinatorRecordCodec.Group },
            context => new GroupShard(context, static () => new GroupCoordinatorOptions(), new TestEntropy(1), new GroupMetrics()));
        foreach (var batch in batches)
        {
            harness.Log.Put(new TopicPartition(Topic, partition), batch);
        }

        harness.Load(partition: partition);
        harness.Runtime.StateOf(partition).ShouldBe(CoordinatorState.Active);
        return harness;
    }

    /// <summary>The partitions that have records, batch by batch.</summary>
    private static IEnumerable<(int Partition, List<byte[]> Batches)> Logs(string name)
    {
        using var packed = File.OpenRead(Path.Combine(Folder ?? Skip(), name + ".tar.gz"));
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var archive = new TarReader(unpacked);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.Name.Contains(Topic, StringComparison.Ordinal) && entry.Name.EndsWith(".log", StringComparison.Ordinal) && entry.DataStream is { } data)
            {
                using var bytes = new MemoryStream();
                data.CopyTo(bytes);
                files.Add(entry.Name, bytes.ToArray());
            }
        }

        return files
            .GroupBy(file => int.Parse(Path.GetFileName(Path.GetDirectoryName(file.Key)!)[(Topic.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture))
            .Select(partition => (partition.Key, partition.SelectMany(file => BatchesOf(file.Value)).ToList()))
            .Where(partition => partition.Item2.Count > 0)
            .ToList();
    }

    private static List<byte[]> BatchesOf(byte[] file)
    {
        var batches = new List<byte[]>();
        var reader = new RecordBatchReader(file);
        while (reader.MoveNext())
        {
            batches.Add(reader.CurrentBytes.ToArray());
        }

        return batches;
    }

    private static string Skip()
    {
        Assert.Skip("../shared/golden/dirs is not beside the repository");
        return "";
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "shared", "golden", "dirs");
            if (Directory.Exists(found))
            {
                return found;
            }
        }

        return null;
    }
}
