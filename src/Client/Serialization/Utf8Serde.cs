using System.Buffers;
using System.Text;

namespace Moldau.Client;

/// <summary><see cref="Serdes.Utf8"/>.</summary>
internal sealed class Utf8Serde : ISerde<string>
{
    public void Serialize(string value, IBufferWriter<byte> destination, SerializationContext context) => Encoding.UTF8.GetBytes(value, destination);

    public string Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context) => isNull ? null! : Encoding.UTF8.GetString(data);
}
