using System.Text;
using System.Text.Json;

namespace Moldau.Protocol;

/// <summary>Messages as JSON text, for tools. Pure; any thread.</summary>
public static class MessageJsonText
{
    /// <summary>The JSON form in one line.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    public static string ToJson(this IMessage message, short version)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            message.WriteJson(json, version);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
