using System.Buffers;
using System.Buffers.Text;

namespace Moldau.Client;

/// <summary><see cref="Serdes.Guid"/>.</summary>
internal sealed class GuidSerde : ISerde<Guid>
{
    private const int TextBytes = 36;

    public void Serialize(Guid value, IBufferWriter<byte> destination, SerializationContext context)
    {
        value.TryFormat(destination.GetSpan(TextBytes), out int written);
        destination.Advance(written);
    }

    public Guid Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context)
    {
        Span<byte> text = stackalloc byte[TextBytes];
        if (!isNull && data.Length == TextBytes)
        {
            data.CopyTo(text);
            if (Utf8Parser.TryParse(text, out Guid value, out int read) && read == TextBytes)
            {
                return value;
            }
        }

        throw new FormatException($"the {(context.IsKey ? "key" : "value")} of a record of {context.Topic} is no identifier of {TextBytes} characters");
    }
}
