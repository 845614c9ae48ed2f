using System.Text.Json;

namespace Moldau.Protocol;

/// <summary>What generic code needs to make messages of type <typeparamref name="TSelf"/>.</summary>
public interface IMessage<TSelf> : IMessage
    where TSelf : class, IMessage<TSelf>
{
    /// <summary>Reads a message from where the reader stands. Bytes that are left over are no error.</summary>
    /// <exception cref="ProtocolException">The bytes are not such a message, or the version does not exist.</exception>
    static abstract TSelf Read(ref MessageReader reader, short version);

    /// <summary>Reads the JSON form.</summary>
    /// <exception cref="ProtocolException">The JSON is not such a message, or the version does not exist.</exception>
    static abstract TSelf ReadJson(JsonElement json, short version);
}
