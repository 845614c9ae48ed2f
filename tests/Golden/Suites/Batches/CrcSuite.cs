using System.Text.Json;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>The checksums of record batches (CRC-32C) and of old records and producer snapshots (CRC-32).</summary>
public sealed class CrcSuite() : JsonLineSuite("crc")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var bytes = line.Hex("bytes");
        return Same("CRC-32C", line.GetProperty("crc32c").GetUInt32(), Crc32C.Compute(bytes))
            ?? Same("CRC-32", line.GetProperty("crc32").GetUInt32(), Crc32.Compute(bytes));
    }
}
