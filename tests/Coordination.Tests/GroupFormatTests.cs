using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

/// <summary>Where coordinators are, and what members of groups write, with values that Apache Kafka gave.</summary>
public sealed class GroupFormatTests
{
    [Theory]
    [InlineData("", 50, 0)]
    [InlineData("my-group", 50, 12)]
    [InlineData("console-consumer-12345", 100_000, 55_506)]
    public void A_group_has_the_coordinator_that_every_node_computes(string group, int partitions, int expected) =>
        CoordinatorPartition.OfId(group, partitions).Value.ShouldBe(expected);

    [Fact]
    public void A_share_partition_is_named_by_group_topic_and_number()
    {
        var key = CoordinatorPartition.ShareKey("fq", Uuid.Parse("vX4UR2ZDEUjzcEoQdUEyZg"), 397);
        key.ShouldBe("fq:vX4UR2ZDEUjzcEoQdUEyZg:397");
        CoordinatorPartition.OfId(key, 50).Value.ShouldBe(23);
    }

    [Fact]
    public void The_hash_of_a_topic_does_not_depend_on_the_order_of_racks()
    {
        var id = Uuid.Parse("y-tfFRgsVB_aufJrgitx7g");
        var hash = GroupMetadataHash.OfTopic("字4é漢ЖA.él0", id, [["rack-3", "rack-2", "rack-3"], ["rack-3", "rack-4"], [], ["rack-2", "rack-0"]]);
        hash.ShouldBe(3428862507459200296);
        GroupMetadataHash.OfTopic("字4é漢ЖA.él0", id, [["rack-2", "rack-3", "rack-3"], ["rack-4", "rack-3"], [], ["rack-0", "rack-2"]]).ShouldBe(hash);
        GroupMetadataHash.OfTopics(new Dictionary<string, long> { ["字4é漢ЖA.él0"] = hash }).ShouldBe(3666417497542606502);
        GroupMetadataHash.OfTopics(new Dictionary<string, long>()).ShouldBe(GroupMetadataHash.Nothing);
    }

    [Fact]
    public void A_subscription_is_written_in_order_and_a_newer_version_is_read_as_ours()
    {
        var bytes = ConsumerProtocol.WriteSubscription(["o1Zrqx", "nBrh", "f"], Convert.FromHexString("8E58FB"), [new("t1", 1), new("t2", 0)], 87, null, 3);
        Convert.ToHexStringLower(bytes).ShouldBe(
            "00030000000300016600046e42726800066f315a727178000000038e58fb0000000200027431000000010000000100027432000000010000000000000057ffff");

        bytes[1] = 9;
        var read = ConsumerProtocol.ReadSubscription(bytes);
        read.Topics.ShouldBe(["f", "nBrh", "o1Zrqx"]);
        read.GenerationId.ShouldBe(87);
    }

    [Fact]
    public void Cut_and_negative_versions_are_refused()
    {
        var bytes = ConsumerProtocol.WriteAssignment([new("t0", 5)], null, 0);
        Should.Throw<ProtocolException>(() => ConsumerProtocol.ReadAssignment(bytes.AsMemory(0, bytes.Length - 1)));
        bytes[0] = 0xff;
        Should.Throw<ProtocolException>(() => ConsumerProtocol.ReadAssignment(bytes));
        Should.Throw<ProtocolException>(() => ConsumerProtocol.ReadSubscription(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Sticky_user_data_is_read_with_and_without_its_generation()
    {
        var written = new StickyUserData([new("t1", 3), new("t1", 5)], 1968776014).Write();
        Convert.ToHexStringLower(written).ShouldBe("00000001000274310000000200000003000000057559234e");
        StickyUserData.Read(written).Generation.ShouldBe(1968776014);

        var first = StickyUserData.Read(written.AsMemory(0, written.Length - sizeof(int)));
        first.Generation.ShouldBeNull();
        first.Partitions.ShouldBe([new TopicPartition("t1", 3), new TopicPartition("t1", 5)]);
    }
}
