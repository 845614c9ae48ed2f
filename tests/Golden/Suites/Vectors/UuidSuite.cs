using System.Text.Json;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>Uuids as bytes and as text, and texts that are accepted or refused.</summary>
public sealed class UuidSuite() : JsonLineSuite("uuid", "uuid-parse")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var accepted = Uuid.TryParse(line.Text("text"), out var uuid);
        if (line.IsRefused)
        {
            return Same("accepted", false, accepted);
        }

        Span<byte> bytes = stackalloc byte[Uuid.SizeBytes];
        uuid.Write(bytes);
        var difference = Same("accepted", true, accepted)
            ?? Same("bytes", line.Text("hex"), Convert.ToHexStringLower(bytes))
            ?? Same("text", line.TextOrNull("back") ?? line.Text("text"), Uuid.Read(bytes).ToString());
        if (difference is not null || !line.TryGetProperty("hashCode", out var hashCode))
        {
            return difference;
        }

        var folded = uuid.MostSignificant ^ uuid.LeastSignificant;
        return Same("Java's hash code", hashCode.GetInt32(), (int)(folded >> 32) ^ (int)folded)
            ?? Same("reserved", line.GetProperty("reserved").GetBoolean(), uuid.IsZero || uuid == Uuid.MetadataTopic);
    }
}
