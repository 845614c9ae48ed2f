using Moldau.Core;
using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;

namespace Moldau.Protocol.Tests;

/// <summary>Facts of the wire that one would not guess.</summary>
public class WireTests
{
    [Fact]
    public void A_field_that_the_version_cannot_carry_is_refused_when_it_is_set()
    {
        var request = new InitProducerIdRequest { ProducerId = 7 };
        Should.Throw<UnsupportedVersionException>(() => AnyMessage.Write(request, 2)).Message.ShouldContain("ProducerId");
        AnyMessage.Write(request, 3).ShouldNotBeEmpty();
    }

    [Fact]
    public void An_ignorable_field_is_dropped_silently() =>
        AnyMessage.Write(new FetchRequest { RackId = "rack" }, 10).ShouldBe(AnyMessage.Write(new FetchRequest(), 10));

    [Fact]
    public void Null_where_the_version_demands_a_value_is_refused()
    {
        var request = new MetadataRequest { Topics = null };
        Should.Throw<UnsupportedVersionException>(() => AnyMessage.Write(request, 0)).Message.ShouldContain("Topics");
        AnyMessage.Write(request, 1).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_literal_null_default_is_an_empty_struct_and_null_is_written()
    {
        var value = new ConsumerGroupMemberMetadataValue();
        value.ClassicMemberMetadata.ShouldNotBeNull();
        byte[] withDefault = AnyMessage.Write(value, 0);
        value.ClassicMemberMetadata = null;
        byte[] withNull = AnyMessage.Write(value, 0);
        withNull.Length.ShouldBe(withDefault.Length + 3, "tag 0, size 1, and one zero byte");
        withNull[^4..].ShouldBe(new byte[] { 1, 0, 1, 0 });
    }

    [Fact]
    public void The_last_of_two_equal_tags_wins_and_descending_tags_pass()
    {
        byte[] bytes = AnyMessage.Write(new FetchRequest(), 18);
        byte[] twice = [.. bytes[..^1], 3, 9, 1, 0xAA, 0, 2, 2, (byte)'a', 0, 2, 2, (byte)'c'];
        var reader = new MessageReader(twice);
        FetchRequest request = FetchRequest.Read(ref reader, 18);
        request.ClusterId.ShouldBe("c");
        request.UnknownTaggedFields!.Single().Tag.ShouldBe(9);
    }

    [Fact]
    public void The_claimed_size_of_a_known_tag_is_ignored()
    {
        byte[] bytes = AnyMessage.Write(new FetchRequest(), 18);
        byte[] lying = [.. bytes[..^1], 1, 0, 100, 2, (byte)'a'];
        var reader = new MessageReader(lying);
        FetchRequest.Read(ref reader, 18).ClusterId.ShouldBe("a");
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(0)]
    public void Unknown_tags_that_clash_are_refused_when_writing(int tag)
    {
        var request = new FetchRequest { UnknownTaggedFields = [new RawTaggedField(tag, default)] };
        Should.Throw<ProtocolException>(() => AnyMessage.Write(request, 18));
    }

    [Fact]
    public void Unknown_tags_must_ascend_when_writing()
    {
        var request = new FetchRequest { UnknownTaggedFields = [new RawTaggedField(9, default), new RawTaggedField(8, default)] };
        Should.Throw<ProtocolException>(() => AnyMessage.Write(request, 18)).Message.ShouldContain("ascend");
    }

    [Fact]
    public void Tagged_fields_in_versions_without_them_are_refused()
    {
        var request = new FetchRequest { UnknownTaggedFields = [new RawTaggedField(9, default)] };
        Should.Throw<UnsupportedVersionException>(() => AnyMessage.Write(request, 11));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(30_000)]
    public void A_tagged_field_of_any_length_has_its_size_before_it(int length)
    {
        var request = new FetchRequest { ClusterId = new string('x', length), UnknownTaggedFields = [new RawTaggedField(5, new byte[length])] };
        IMessage read = AnyMessage.Read(MessageCatalog.All.Single(message => message.Name == "FetchRequest"), AnyMessage.Write(request, 18), 18, out int remaining);
        remaining.ShouldBe(0);
        ((FetchRequest)read).ClusterId.ShouldBe(request.ClusterId);
        ((FetchRequest)read).UnknownTaggedFields!.Single().Data.Length.ShouldBe(length);
    }

    [Fact]
    public void Arrays_and_tagged_fields_have_limits()
    {
        byte[] frame = new byte[2_000_000];
        frame[0] = 0x00;
        frame[1] = 0x0F;
        frame[2] = 0x42;
        frame[3] = 0x41;
        Should.Throw<ProtocolException>(() => Length(frame)).Message.ShouldContain("1000001");
        frame[3] = 0x40;
        Length(frame).ShouldBe(1_000_000);
        Should.Throw<ProtocolException>(() => Tags([0x91, 0x4E, .. new byte[20_000]])).Message.ShouldContain("10001");
        Tags([0x90, 0x4E, .. new byte[20_000]]).ShouldBe(10_000);

        static int Length(byte[] bytes) => new MessageReader(bytes).ReadArrayLength(false, 1, "Things");
        static int Tags(byte[] bytes) => new MessageReader(bytes).ReadTaggedFieldCount();
    }

    [Fact]
    public void Strings_longer_than_an_int16_are_refused_when_writing() =>
        Should.Throw<ProtocolException>(() => AnyMessage.Write(new FetchRequest { RackId = new string('x', 32_768) }, 18));

    [Fact]
    public void Malformed_text_is_replaced()
    {
        var reader = new MessageReader(new byte[] { 0, 3, (byte)'a', 0xFF, (byte)'b' });
        reader.ReadString(false, "Name").ShouldBe("a\uFFFDb");
    }

    [Fact]
    public void Records_read_are_slices_of_the_frame()
    {
        var request = new ProduceRequest { TopicData = [new() { TopicId = new Uuid(1, 2), PartitionData = [new() { Records = new byte[] { 1, 2, 3 } }] }] };
        byte[] frame = AnyMessage.Write(request, 13);
        var reader = new MessageReader(frame);
        ReadOnlyMemory<byte> records = ProduceRequest.Read(ref reader, 13).TopicData[0].PartitionData[0].Records!.Value;
        frame[Array.LastIndexOf(frame, (byte)3)] = 9;
        records.ToArray().ShouldBe(new byte[] { 1, 2, 9 });
    }

    [Fact]
    public void Absent_bytes_and_ids_are_null_and_not_empty()
    {
        var request = new ProduceRequest { TopicData = [new() { PartitionData = [new() { Records = null }] }] };
        IMessage read = AnyMessage.Read(MessageCatalog.All.Single(message => message.Name == "ProduceRequest"), AnyMessage.Write(request, 12), 12, out _);
        ((ProduceRequest)read).TopicData[0].PartitionData[0].Records.HasValue.ShouldBeFalse();
        ((ProduceRequest)read).TransactionalId.HasValue.ShouldBeFalse();
    }
}
