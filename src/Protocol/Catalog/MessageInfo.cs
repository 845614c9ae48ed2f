namespace Moldau.Protocol;

/// <summary>What tools and tests need to handle any message. The catalog holds the only instances; they never change.</summary>
/// <param name="Name">The name as Kafka spells it.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Key">The API key or record type; null for messages without one.</param>
/// <param name="LowestVersion">The lowest version that can be read.</param>
/// <param name="HighestVersion">The highest version that can be read.</param>
/// <param name="HighestStableVersion">The highest version that will not change any more.</param>
/// <param name="LowestFlexibleVersion">The first version with tagged fields; <see cref="short.MaxValue"/> when there is none.</param>
/// <param name="Read">Reads it from bytes.</param>
/// <param name="ReadJson">Reads it from JSON.</param>
public sealed record MessageInfo(
    string Name,
    MessageKind Kind,
    short? Key,
    short LowestVersion,
    short HighestVersion,
    short HighestStableVersion,
    short LowestFlexibleVersion,
    MessageFactory<IMessage> Read,
    MessageJsonFactory ReadJson)
{
    public bool Has(short version) => version >= LowestVersion && version <= HighestVersion;

    public bool IsFlexible(short version) => version >= LowestFlexibleVersion;
}
