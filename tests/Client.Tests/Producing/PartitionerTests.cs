using System.Text;
using Moldau.Runtime;
using Moldau.Runtime.Os;

namespace Moldau.Client.Tests;

/// <summary>Where records go.</summary>
public class PartitionerTests
{
    [Theory]
    [InlineData("", 10)]
    [InlineData("21", 1000)]
    [InlineData("foobar", 1000)]
    [InlineData("a-little-bit-long-string", 1000)]
    public void A_key_goes_where_Java_sends_it(string key, int partitions)
    {
        // The hash itself is compared with Java's in Core.Tests over thousands of vectors; here that the key and the count reach it unchanged.
        int partition = Partitioner.PartitionFor(Encoding.UTF8.GetBytes(key), partitions);
        partition.ShouldBe((Core.Murmur2.Hash(Encoding.UTF8.GetBytes(key)) & int.MaxValue) % partitions);
        Choose(Partitioner.KeyHash, key, partitions).ShouldBe(partition);
    }

    [Fact]
    public void Records_without_a_key_have_no_partition_of_their_own()
    {
        Choose(Partitioner.KeyHash, null, 5).ShouldBe(Partitioner.Any);
        Choose(Partitioner.Sticky, "key", 5).ShouldBe(Partitioner.Any);
    }

    [Fact]
    public void Kafkas_keys_choose_the_partitioner()
    {
        Of("partitioner.ignore.keys", "false").ShouldBeSameAs(Partitioner.KeyHash);
        Of("partitioner.ignore.keys", "true").ShouldBeSameAs(Partitioner.Sticky);
        Choose(Of("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"), "key", 3).ShouldBe(0);
        Should.Throw<Configuration.ConfigurationException>(() => Of("partitioner.class", "com.example.Mine")).Message.ShouldContain("com.example.Mine");

        static Partitioner Of(string key, string value) =>
            ProducerOptions.FromProperties(new Dictionary<string, string> { ["bootstrap.servers"] = "h:1", [key] = value }).Partitioner;
    }

    [Fact]
    public void Round_robin_takes_turns_for_each_topic_by_itself()
    {
        Partitioner partitioner = Partitioner.RoundRobin();
        Enumerable.Range(0, 6).Select(_ => Choose(partitioner, null, 3, "a")).ShouldBe([0, 1, 2, 0, 1, 2]);
        Choose(partitioner, null, 3, "b").ShouldBe(0);
    }

    [Fact]
    public void Random_reaches_all_partitions_and_no_other()
    {
        Enumerable.Range(0, 1000).Select(_ => Choose(Partitioner.Random, null, 4)).Distinct().Order().ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_turn_lasts_for_a_batch_of_bytes_and_not_longer_than_two()
    {
        var sticky = new StickyPartitions(1000, new RandomSequence(new OsEntropy()));
        StickyPartition turn = sticky.Current(8);
        sticky.Count(turn, 999, maySwitch: true, 8);
        sticky.HasChanged(turn).ShouldBeFalse();
        sticky.Count(turn, 900, maySwitch: false, 8);
        sticky.HasChanged(turn).ShouldBeFalse();
        sticky.Count(turn, 101, maySwitch: false, 8);
        sticky.HasChanged(turn).ShouldBeTrue();
    }

    [Fact]
    public void Only_partitions_with_a_leader_have_turns()
    {
        var sticky = new StickyPartitions(1, new RandomSequence(new OsEntropy())) { Available = [2, 5] };
        for (int i = 0; i < 200; i++)
        {
            StickyPartition turn = sticky.Current(8);
            new[] { 2, 5 }.ShouldContain(turn.Partition);
            sticky.Count(turn, 10, maySwitch: true, 8);
        }
    }

    [Fact]
    public void Partitions_with_long_queues_have_fewer_turns_in_proportion()
    {
        PartitionLoad load = PartitionLoad.Of([0, 3, 1], [4, 5, 6], 3).ShouldNotBeNull();
        var random = new RandomSequence(new OsEntropy());
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[load.Choose(random)]++;
        }

        // Weights 4, 1 and 3 of 8.
        counts[4].ShouldBeInRange(33_000, 37_000);
        counts[5].ShouldBeInRange(7_500, 10_000);
        counts[6].ShouldBeInRange(24_500, 28_000);
        PartitionLoad.Of([2, 2, 2], [0, 1, 2], 3).ShouldBeNull();
        PartitionLoad.Of([2, 2], [0, 1], 3).ShouldNotBeNull();
    }

    [Fact]
    public void A_salted_key_reads_back_and_its_parts_lie_where_the_helper_says()
    {
        var salts = new SaltedKeys(16);
        var partitions = new HashSet<int>();
        byte[] buffer = new byte[9];
        for (int i = 0; i < 16; i++)
        {
            salts.Write("user-7"u8, buffer).ShouldBe(9);
            Encoding.UTF8.GetString(buffer).ShouldBe($"user-7#{i:x2}");
            SaltedKeys.TryRead(buffer, out var key, out int salt).ShouldBeTrue();
            Encoding.UTF8.GetString(key).ShouldBe("user-7");
            salt.ShouldBe(i);
            partitions.Add(Partitioner.PartitionFor(buffer, 12));
        }

        salts.PartitionsOf("user-7"u8, 12).ShouldBe(partitions.Order());
        SaltedKeys.TryRead("user#zz"u8, out _, out _).ShouldBeFalse();
        SaltedKeys.TryRead("#1"u8, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Parts_of_a_key_are_put_together_again()
    {
        var salts = new SaltedKeys(4);
        var reader = new KeyPartsReader<long>((left, right) => left + right);
        byte[] buffer = new byte[5];
        for (int i = 1; i <= 10; i++)
        {
            salts.Write("ab"u8, buffer);
            reader.AddSalted(buffer, sum => sum + i);
        }

        reader.TryGet("ab"u8, out long total).ShouldBeTrue();
        total.ShouldBe(55);
        reader.TryGet("ac"u8, out _).ShouldBeFalse();
        reader.Keys.Count.ShouldBe(1);
    }

    [Fact]
    public void A_compound_key_reads_back_whatever_its_parts_hold()
    {
        byte[] buffer = new byte[100];
        int size = CompoundKey.Write("a\0#b"u8, ""u8, buffer);
        CompoundKey.TryRead(buffer.AsSpan(0, size), out var primary, out var secondary).ShouldBeTrue();
        Encoding.UTF8.GetString(primary).ShouldBe("a\0#b");
        secondary.IsEmpty.ShouldBeTrue();
        CompoundKey.TryRead([0, 9, 1], out _, out _).ShouldBeFalse();
        CompoundKey.TryRead([1], out _, out _).ShouldBeFalse();
    }

    private static int Choose(Partitioner partitioner, string? key, int partitions, string topic = "topic") => partitioner.Choose(new PartitionChoice
    {
        Topic = topic,
        PartitionsCount = partitions,
        HasKey = key is not null,
        Key = key is null ? default : Encoding.UTF8.GetBytes(key),
    });
}
