using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Moldau.Protocol.Tests;

/// <summary>Moves messages of any type between their forms.</summary>
public static class AnyMessage
{
    /// <summary>Every version of every message.</summary>
    public static IEnumerable<(MessageInfo Message, short Version)> Versions =>
        from message in MessageCatalog.All
        from version in Enumerable.Range(message.LowestVersion, message.HighestVersion - message.LowestVersion + 1)
        select (message, (short)version);

    public static byte[] Write(IMessage message, short version)
    {
        var writer = new MessageWriter();
        try
        {
            message.Write(ref writer, version);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    public static IMessage Read(MessageInfo message, byte[] bytes, short version, out int remaining)
    {
        var reader = new MessageReader(bytes);
        IMessage read = message.Read(ref reader, version);
        remaining = reader.Remaining;
        return read;
    }

    public static string Json(IMessage message, short version)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            message.WriteJson(json, version);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static IMessage FromJson(MessageInfo message, string json, short version)
    {
        using var document = JsonDocument.Parse(json);
        return message.ReadJson(document.RootElement, version);
    }
}
