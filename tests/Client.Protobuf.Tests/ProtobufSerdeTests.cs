using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Moldau.Client.Protobuf.Tests;

public class ProtobufSerdeTests
{
    private static readonly ProtobufSerde<Duration> Serde = new(Duration.Parser);
    private static readonly SerializationContext Context = new("topic", IsKey: false);

    [Fact]
    public void A_message_reads_back_as_it_was_written()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var message = new Duration { Seconds = 90, Nanos = 5 };

        Serde.Serialize(message, buffer, Context);

        buffer.WrittenSpan.ToArray().ShouldBe(message.ToByteArray());
        Serde.Deserialize(new ReadOnlySequence<byte>(buffer.WrittenMemory), isNull: false, Context).ShouldBe(message);
    }

    [Fact]
    public void A_message_in_several_pieces_reads_as_one()
    {
        byte[] bytes = new Duration { Seconds = long.MaxValue, Nanos = 7 }.ToByteArray();
        var first = new Piece(bytes.AsMemory(0, 3), null);
        var last = new Piece(bytes.AsMemory(3), first);

        Serde.Deserialize(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), isNull: false, Context).Nanos.ShouldBe(7);
    }

    [Fact]
    public void Nothing_is_null_and_an_empty_value_is_a_message_of_defaults()
    {
        Serde.Deserialize(default, isNull: true, Context).ShouldBeNull();
        Serde.Deserialize(default, isNull: false, Context).ShouldBe(new Duration());
        Should.Throw<InvalidProtocolBufferException>(() => Serde.Deserialize(new ReadOnlySequence<byte>([0xFF]), isNull: false, Context));
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
