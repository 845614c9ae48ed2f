using System.Text.Json;

namespace Moldau.Protocol;

/// <summary>
/// A message of the protocol: a request, a response, a header, or a record of an internal topic. One class holds all versions of it. Messages are
/// plain mutable data: whoever made one owns it, and no two threads may touch it while one of them writes. Byte fields of a message that was read are
/// slices of the frame, so what outlives the frame must be copied.
/// </summary>
public interface IMessage
{
    /// <summary>The name, as Kafka spells it.</summary>
    string MessageName { get; }

    /// <summary>The lowest version that can be read and written.</summary>
    short LowestVersion { get; }

    /// <summary>The highest version that can be read and written, unstable ones included.</summary>
    short HighestVersion { get; }

    /// <summary>Writes the message.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    /// <exception cref="ProtocolException">A field is too long for the wire.</exception>
    void Write(ref MessageWriter writer, short version);

    /// <summary>Writes the JSON form: one object, fields by name with a small first letter, bytes as base64.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    void WriteJson(Utf8JsonWriter json, short version);
}
