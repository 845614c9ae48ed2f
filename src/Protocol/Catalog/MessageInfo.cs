using System.Text.Json;

namespace Moldau.Protocol;

/// <summary>What tools and tests need to handle any message. The catalog holds the only instances; they never change.</summary>
/// <param name="Ordinal">Its place in <see cref="MessageCatalog.All"/>.</param>
/// <param name="Name">The name as Kafka spells it.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Key">The API key or record type; null for messages without one.</param>
/// <param name="LowestVersion">The lowest version that can be read.</param>
/// <param name="HighestVersion">The highest version that can be read.</param>
/// <param name="HighestStableVersion">The highest version that will not change any more.</param>
/// <param name="LowestFlexibleVersion">The first version with tagged fields; <see cref="short.MaxValue"/> when there is none.</param>
public sealed record MessageInfo(
    int Ordinal,
    string Name,
    MessageKind Kind,
    short? Key,
    short LowestVersion,
    short HighestVersion,
    short HighestStableVersion,
    short LowestFlexibleVersion)
{
    /// <summary>Reads it from bytes.</summary>
    /// <exception cref="ProtocolException">The bytes are not such a message, or the version does not exist.</exception>
    public IMessage Read(ref MessageReader reader, short version) => MessageCatalog.Read(Ordinal, ref reader, version);

    /// <summary>Reads it from JSON.</summary>
    /// <exception cref="ProtocolException">The JSON is not such a message, or the version does not exist.</exception>
    public IMessage ReadJson(JsonElement json, short version) => MessageCatalog.ReadJson(Ordinal, json, version);

    public bool Has(short version) => version >= LowestVersion && version <= HighestVersion;

    public bool IsFlexible(short version) => version >= LowestFlexibleVersion;
}
