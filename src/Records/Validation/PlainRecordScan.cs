using System.Runtime.CompilerServices;
using Moldau.Core;

namespace Moldau.Records;

/// <summary>
/// Goes over the records of a batch that is not compressed, for what nearly every batch is looked at for: that they are whole, between which timestamps they lie, and whether all have keys.
/// It keeps nothing of a record, which <see cref="RecordReader"/> must. It says no to what is odd, and not why: whoever wants to tell looks again with the reader.
/// </summary>
internal static class PlainRecordScan
{
    /// <summary>True when the reader would read so many records, and no byte more, without complaint.</summary>
    public static bool TryRun(ReadOnlySpan<byte> records, int count, long baseTimestamp, out long minTimestamp, out long maxTimestamp, out bool haveKeys)
    {
        minTimestamp = long.MaxValue;
        maxTimestamp = long.MinValue;
        haveKeys = true;
        int position = 0;
        for (int left = count; left > 0; left--)
        {
            if (!TryReadInt(records, ref position, out int bodyBytes) || (uint)bodyBytes > (uint)(records.Length - position) || bodyBytes == 0)
            {
                return false;
            }

            // The first byte of a record holds attributes, none of which means anything.
            var body = records.Slice(position, bodyBytes);
            int at = 1;
            if (!TryReadLong(body, ref at, out long timestampDelta) || !TryReadInt(body, ref at, out _)
                || !TrySkip(body, ref at, out bool hasKey) || !TrySkip(body, ref at, out _)
                || !TryReadInt(body, ref at, out int headersCount) || !TrySkipHeaders(body, ref at, headersCount) || at != bodyBytes)
            {
                return false;
            }

            long timestamp = unchecked(baseTimestamp + timestampDelta);
            minTimestamp = Math.Min(minTimestamp, timestamp);
            maxTimestamp = Math.Max(maxTimestamp, timestamp);
            haveKeys &= hasKey;
            position += bodyBytes;
        }

        return position == records.Length && count > 0;
    }

    private static bool TrySkipHeaders(ReadOnlySpan<byte> body, ref int at, int count)
    {
        if (count < 0)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!TrySkip(body, ref at, out bool hasKey) || !hasKey || !TrySkip(body, ref at, out _))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkip(ReadOnlySpan<byte> body, ref int at, out bool isPresent)
    {
        bool isRead = TryReadInt(body, ref at, out int length);
        isPresent = length >= 0;
        int skipped = Math.Max(length, 0);
        if (!isRead || skipped > body.Length - at)
        {
            return false;
        }

        at += skipped;
        return true;
    }

    /// <summary>Numbers of one or two bytes here, which nearly all are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadInt(ReadOnlySpan<byte> bytes, ref int at, out int value)
    {
        if (at + 1 < bytes.Length)
        {
            uint raw = bytes[at];
            if (raw < 0x80)
            {
                at++;
                value = (int)(raw >> 1) ^ -(int)(raw & 1);
                return true;
            }

            uint second = bytes[at + 1];
            if (second < 0x80)
            {
                raw = (raw & 0x7F) | (second << 7);
                at += 2;
                value = (int)(raw >> 1) ^ -(int)(raw & 1);
                return true;
            }
        }

        return TryReadRareInt(bytes, ref at, out value);
    }

    private static bool TryReadRareInt(ReadOnlySpan<byte> bytes, ref int at, out int value)
    {
        value = 0;
        int read = at < bytes.Length ? VarInt.ReadSigned32(bytes[at..], out value) : 0;
        at += read;
        return read > 0;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        value = 0;
        int read = at < bytes.Length ? VarInt.ReadSigned64(bytes[at..], out value) : 0;
        at += read;
        return read > 0;
    }
}
