using System.Text.Json;

namespace Moldau.Protocol;

/// <summary>Reads the JSON form of one message of a type that is chosen by name or key.</summary>
/// <exception cref="ProtocolException">The JSON is not such a message, or the version does not exist.</exception>
public delegate IMessage MessageJsonFactory(JsonElement json, short version);
