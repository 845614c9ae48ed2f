using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;

namespace Moldau.Client.Tests;

/// <summary>Values to bytes and back.</summary>
public partial class SerdesTests
{
    private static readonly SerializationContext Context = new("topic", IsKey: true);

    [Fact]
    public void Numbers_texts_and_identifiers_have_the_bytes_of_Java()
    {
        Bytes(Serdes.Int32, -2).ShouldBe([0xFF, 0xFF, 0xFF, 0xFE]);
        Bytes(Serdes.Int64, 258).ShouldBe([0, 0, 0, 0, 0, 0, 1, 2]);
        Bytes(Serdes.Int16, (short)5).ShouldBe([0, 5]);
        Bytes(Serdes.Double, 1.5).ShouldBe([0x3F, 0xF8, 0, 0, 0, 0, 0, 0]);
        Bytes(Serdes.Single, -1f).ShouldBe([0xBF, 0x80, 0, 0]);
        Bytes(Serdes.Boolean, true).ShouldBe([1]);
        Bytes(Serdes.Utf8, "é").ShouldBe([0xC3, 0xA9]);
        Bytes(Serdes.Guid, new Guid("6F9619FF-8B86-D011-B42D-00CF4FC964FF")).ShouldBe(Encoding.ASCII.GetBytes("6f9619ff-8b86-d011-b42d-00cf4fc964ff"));
    }

    [Fact]
    public void Everything_reads_back()
    {
        RoundTrip(Serdes.Int32, int.MinValue);
        RoundTrip(Serdes.Int64, long.MaxValue);
        RoundTrip(Serdes.Double, double.Epsilon);
        RoundTrip(Serdes.Boolean, false);
        RoundTrip(Serdes.Utf8, "");
        RoundTrip(Serdes.Guid, new Guid("6F9619FF-8B86-D011-B42D-00CF4FC964FF"));
        RoundTrip(Serdes.Json(OrderContext.Default.Order), new Order("book", 3));
        RoundTrip(new SaltedKeySerde<string>(Serdes.Utf8, new SaltedKeys(4)), "user");
        Serdes.Bytes.Deserialize(new ReadOnlySequence<byte>([1, 2]), false, Context).ShouldBe([1, 2]);
    }

    [Fact]
    public void What_is_no_value_of_the_type_is_refused_with_its_place()
    {
        Should.Throw<FormatException>(() => Serdes.Int32.Deserialize(new ReadOnlySequence<byte>([1]), false, Context)).Message.ShouldContain("key of a record of topic");
        Should.Throw<FormatException>(() => Serdes.Int64.Deserialize(default, true, Context)).Message.ShouldContain("null");
        Should.Throw<FormatException>(() => Serdes.Guid.Deserialize(new ReadOnlySequence<byte>(new byte[36]), false, Context));
        Serdes.Utf8.Deserialize(default, true, Context).ShouldBeNull();
    }

    private static byte[] Bytes<T>(ISerializer<T> serializer, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        serializer.Serialize(value, buffer, Context);
        return buffer.WrittenSpan.ToArray();
    }

    private static void RoundTrip<T>(ISerde<T> serde, T value) => serde.Deserialize(new ReadOnlySequence<byte>(Bytes(serde, value)), false, Context).ShouldBe(value);

    internal sealed record Order(string Item, int Count);

    [JsonSerializable(typeof(Order))]
    internal sealed partial class OrderContext : JsonSerializerContext;
}
