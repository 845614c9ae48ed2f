using System.Globalization;
using System.Text.Json;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>Variable-length integers as Kafka writes them, and odd bytes that it reads or refuses.</summary>
public sealed class VarIntSuite() : JsonLineSuite("varints", "varints-odd")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var kind = line.Text("kind");
        var bytes = line.Hex("hex");
        var (taken, value) = Read(kind, bytes);
        if (line.IsRefused)
        {
            return Same("bytes read of what is refused", 0, taken);
        }

        var expected = decimal.Parse(line.GetProperty("value").ToString(), CultureInfo.InvariantCulture);
        if (line.IntOrNull("bytesRead") is { } read)
        {
            return Same("value", expected, value) ?? Same("bytes read", read, taken);
        }

        var (written, size) = Write(kind, expected);
        return Same("value", expected, value)
            ?? Same("bytes read", bytes.Length, taken)
            ?? Same("bytes", line.Text("hex"), written)
            ?? Same("size", line.Int("size"), size);
    }

    private static (int Taken, decimal Value) Read(string kind, byte[] bytes)
    {
        switch (kind)
        {
            case "varint":
                return (VarInt.ReadSigned32(bytes, out var int32), int32);
            case "unsigned-varint":
                return (VarInt.ReadUnsigned32(bytes, out var uint32), uint32);
            case "varlong":
                return (VarInt.ReadSigned64(bytes, out var int64), int64);
            default:
                return (VarInt.ReadUnsigned64(bytes, out var uint64), uint64);
        }
    }

    private static (string Hex, int Size) Write(string kind, decimal value)
    {
        Span<byte> buffer = stackalloc byte[VarInt.SizeMax64];
        var (length, size) = kind switch
        {
            "varint" => (VarInt.WriteSigned32(buffer, (int)value), VarInt.SizeOfSigned32((int)value)),
            "unsigned-varint" => (VarInt.WriteUnsigned32(buffer, (uint)value), VarInt.SizeOfUnsigned32((uint)value)),
            "varlong" => (VarInt.WriteSigned64(buffer, (long)value), VarInt.SizeOfSigned64((long)value)),
            _ => (VarInt.WriteUnsigned64(buffer, (ulong)value), VarInt.SizeOfUnsigned64((ulong)value)),
        };
        return (Convert.ToHexStringLower(buffer[..length]), size);
    }
}
