using System.Text.Json;

namespace Moldau.Golden;

/// <summary>Short ways to the fields of a golden line.</summary>
public static class JsonElementExtensions
{
    extension(JsonElement line)
    {
        /// <summary>Whether Apache Kafka refused what the line shows.</summary>
        public bool IsRefused => line.TryGetProperty("exception", out _);

        /// <summary>The text of a field that is there and not null.</summary>
        public string Text(string name) => line.GetProperty(name).GetString()!;

        /// <summary>The text of a field; null when it is null or absent.</summary>
        public string? TextOrNull(string name) => line.TryGetProperty(name, out var field) ? field.GetString() : null;

        /// <summary>A 32-bit number.</summary>
        public int Int(string name) => line.GetProperty(name).GetInt32();

        /// <summary>A 32-bit number; null when it is null or absent.</summary>
        public int? IntOrNull(string name) =>
            line.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.Number ? field.GetInt32() : null;

        /// <summary>The bytes of a field of hexadecimal digits.</summary>
        public byte[] Hex(string name) => Convert.FromHexString(line.Text(name));

        /// <summary>The bytes of a field of hexadecimal digits; null when it is null or absent.</summary>
        public ReadOnlyMemory<byte>? HexOrNull(string name) =>
            line.TextOrNull(name) is { } digits ? Convert.FromHexString(digits) : (ReadOnlyMemory<byte>?)null;
    }
}
