using System.Buffers.Binary;

namespace Moldau.Storage;

/// <summary>The record of a control batch that ends a transaction. Control batches are never compressed.</summary>
internal readonly record struct TransactionMarker(bool IsAbort, int CoordinatorEpoch, long Timestamp)
{
    private const short AbortType = 0;
    private const short CommitType = 1;

    /// <summary>Reads the first record of a control batch; false when it has none or it is no transaction marker.</summary>
    public static bool TryRead(in BatchHeader header, ReadOnlySpan<byte> batch, out TransactionMarker marker)
    {
        marker = default;
        if (header.Count == 0 || batch.Length <= BatchHeader.Size)
        {
            return false;
        }

        var rest = batch[BatchHeader.Size..Math.Min(batch.Length, header.SizeInBytes)];
        if (!TryVarint(ref rest, out _) || rest.Length < 1)
        {
            return false;
        }

        rest = rest[1..];
        if (!TryVarint(ref rest, out var timestampDelta) || !TryVarint(ref rest, out _)
            || !TryBytes(ref rest, out var key) || key.Length < 4 || !TryBytes(ref rest, out var value) || value.Length < 6)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        marker = new TransactionMarker(
            type == AbortType,
            BinaryPrimitives.ReadInt32BigEndian(value[2..]),
            header.IsLogAppendTime ? header.MaxTimestamp : header.BaseTimestamp + timestampDelta);
        return type is AbortType or CommitType;
    }

    private static bool TryBytes(ref ReadOnlySpan<byte> source, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryVarint(ref source, out var length) || length < 0 || length > source.Length)
        {
            return false;
        }

        bytes = source[..(int)length];
        source = source[(int)length..];
        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> source, out long value)
    {
        ulong raw = 0;
        for (var i = 0; i < source.Length && i < 10; i++)
        {
            raw |= (ulong)(source[i] & 0x7f) << (7 * i);
            if ((source[i] & 0x80) == 0)
            {
                source = source[(i + 1)..];
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}
