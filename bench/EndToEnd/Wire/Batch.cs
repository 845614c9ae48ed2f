using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.EndToEnd.Wire;

/// <summary>A record batch v2 as a producer without idempotence sends it: made once, sent often.</summary>
internal sealed class Batch
{
    private const int HeaderBytes = 61;
    private const int CrcAt = 17;
    private const int CrcStart = 21;
    private const int LastOffsetDeltaAt = 23;

    private Batch(byte[] bytes, int records)
    {
        Bytes = bytes;
        Records = records;
    }

    public byte[] Bytes { get; }

    public int Records { get; }

    /// <summary>As many records of random bytes as fit into <paramref name="bytesMax"/>, at least one.</summary>
    public static Batch Make(int bytesMax, int recordBytes)
    {
        byte[] value = new byte[recordBytes];
        new Random(1).NextBytes(value);
        using var body = new MemoryStream();
        int records = 0;
        do
        {
            using var record = new MemoryStream();
            record.WriteByte(0);
            WriteVarint(record, 0);
            WriteVarint(record, records);
            WriteVarint(record, -1);
            WriteVarint(record, value.Length);
            record.Write(value);
            WriteVarint(record, 0);
            WriteVarint(body, (int)record.Length);
            record.WriteTo(body);
            records++;
        }
        while (HeaderBytes + body.Length + recordBytes + 16 <= bytesMax);

        byte[] bytes = new byte[HeaderBytes + body.Length];
        body.ToArray().CopyTo(bytes, HeaderBytes);
        Span<byte> header = bytes;
        BinaryPrimitives.WriteInt32BigEndian(header[8..], bytes.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], -1);
        header[16] = 2;
        BinaryPrimitives.WriteInt32BigEndian(header[LastOffsetDeltaAt..], records - 1);
        long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt64BigEndian(header[27..], nowMs);
        BinaryPrimitives.WriteInt64BigEndian(header[35..], nowMs);
        BinaryPrimitives.WriteInt64BigEndian(header[43..], -1);
        BinaryPrimitives.WriteInt16BigEndian(header[51..], -1);
        BinaryPrimitives.WriteInt32BigEndian(header[53..], -1);
        BinaryPrimitives.WriteInt32BigEndian(header[57..], records);
        BinaryPrimitives.WriteUInt32BigEndian(header[CrcAt..], Crc32C.Compute(header[CrcStart..]));
        return new Batch(bytes, records);
    }

    /// <summary>Walks the whole batches from <paramref name="offset"/> on: each must follow the one before and have the right checksum. The offset behind the last of them.</summary>
    public static long Check(ReadOnlySpan<byte> bytes, long offset, bool withCrc)
    {
        while (bytes.Length >= HeaderBytes)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(bytes[8..]) + 12;
            if (size > bytes.Length)
            {
                break;
            }

            long baseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes);
            if (baseOffset != offset)
            {
                throw new BenchException($"a batch of offset {baseOffset} was read where offset {offset} is next");
            }

            if (withCrc && Crc32C.Compute(bytes[CrcStart..size]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]))
            {
                throw new BenchException($"the batch of offset {offset} has a wrong checksum");
            }

            offset += BinaryPrimitives.ReadInt32BigEndian(bytes[LastOffsetDeltaAt..]) + 1;
            bytes = bytes[size..];
        }

        return offset;
    }

    private static void WriteVarint(MemoryStream stream, int value)
    {
        uint rest = (uint)((value << 1) ^ (value >> 31));
        for (; rest > 0x7f; rest >>= 7)
        {
            stream.WriteByte((byte)(rest | 0x80));
        }

        stream.WriteByte((byte)rest);
    }
}
