using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Broker;

/// <summary>What a produce request may hold for one partition, before the log looks into it. Costs a look at the batch header.</summary>
internal static class ProduceRules
{
    private const int FirstVersionWithZstd = 7;
    private const int MagicOffset = 16;
    private const int LengthOffset = 8;
    private const int AttributesOffset = 21;
    private const int OverheadBytes = 12;
    private const int HeaderBytes = 61;

    /// <summary>Null when the batch may be appended.</summary>
    public static (ErrorCode Error, string Message)? Check(ReadOnlyMemory<byte>? records, short version)
    {
        if (records is not { Length: > MagicOffset } bytes)
        {
            return (ErrorCode.InvalidRecord, $"Produce requests with version {version} must have at least one record batch per partition");
        }

        var span = bytes.Span;
        if (span[MagicOffset] != 2)
        {
            return (ErrorCode.InvalidRecord, $"Produce requests with version {version} are only allowed to contain record batches with magic version 2, not {span[MagicOffset]}");
        }

        var batchBytes = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(span[LengthOffset..]) + (long)OverheadBytes;
        if (batchBytes >= HeaderBytes && span.Length - batchBytes > MagicOffset && WholeBatch(span[(int)batchBytes..]))
        {
            return (ErrorCode.InvalidRecord, $"Produce requests with version {version} must contain exactly one record batch per partition");
        }

        return span.Length > AttributesOffset + 1 && version < FirstVersionWithZstd && (CompressionType)(span[AttributesOffset + 1] & 7) == CompressionType.Zstd
            ? (ErrorCode.UnsupportedCompressionType, $"Produce requests with version {version} are not allowed to use ZStandard compression")
            : null;
    }

    /// <summary>Bytes of a partial batch behind the first are dropped without complaint, as in Kafka.</summary>
    private static bool WholeBatch(ReadOnlySpan<byte> rest) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rest[LengthOffset..]) + (long)OverheadBytes <= rest.Length;
}
