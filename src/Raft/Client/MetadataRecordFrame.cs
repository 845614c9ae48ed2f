using Moldau.Core;

namespace Moldau.Raft;

/// <summary>
/// The frame around a metadata record within a record's value: frame version (1), record type and record version, each an unsigned varint; the message
/// follows (KIP-631).
/// </summary>
public readonly record struct MetadataRecordFrame(short RecordType, short Version, int HeaderBytes)
{
    /// <summary>The only frame version there is.</summary>
    public const int FrameVersion = 1;

    /// <summary>The longest header, in bytes.</summary>
    public const int HeaderBytesMax = 15;

    /// <summary>Writes the header; returns its bytes.</summary>
    public static int WriteHeader(Span<byte> destination, short recordType, short version)
    {
        int length = VarInt.WriteUnsigned32(destination, FrameVersion);
        length += VarInt.WriteUnsigned32(destination[length..], (uint)recordType);
        return length + VarInt.WriteUnsigned32(destination[length..], (uint)version);
    }

    /// <summary>Reads the header of a value; false when it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out MetadataRecordFrame frame)
    {
        frame = default;
        int position = 0;
        Span<uint> parts = stackalloc uint[3];
        for (int i = 0; i < parts.Length; i++)
        {
            int read = VarInt.ReadUnsigned32(value[position..], out parts[i]);
            if (read <= 0)
            {
                return false;
            }
            position += read;
        }
        if (parts[0] != FrameVersion || parts[1] > (uint)short.MaxValue || parts[2] > (uint)short.MaxValue)
        {
            return false;
        }
        frame = new MetadataRecordFrame((short)parts[1], (short)parts[2], position);
        return true;
    }
}
