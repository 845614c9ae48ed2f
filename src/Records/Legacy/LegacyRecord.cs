using System.Buffers.Binary;

namespace Moldau.Records;

/// <summary>
/// A message of magic 0 or 1, from its offset on, where it lies. Logs that were written before Kafka 0.11 hold them; nobody writes them any more.
/// </summary>
internal readonly ref struct LegacyRecord
{
    private const int MagicAt = 16;
    private const int AttributesAt = 17;
    private const int TimestampAt = 18;
    private const int KeySizeAtMagic0 = 18;
    private const int KeySizeAtMagic1 = 26;
    private readonly ReadOnlySpan<byte> _bytes;

    private LegacyRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public long Offset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    public sbyte Magic => (sbyte)_bytes[MagicAt];

    public byte Attributes => _bytes[AttributesAt];

    public CompressionType CompressionType => (CompressionType)(Attributes & RecordBatchLayout.CompressionMask);

    public long Timestamp => Magic == 0 ? RecordBatchLayout.NoTimestamp : BinaryPrimitives.ReadInt64BigEndian(_bytes[TimestampAt..]);

    /// <summary>A view of the message; throws <see cref="CorruptRecordException"/> when it is too short to be one.</summary>
    public static LegacyRecord Of(ReadOnlySpan<byte> bytes) => bytes.Length > AttributesAt && bytes.Length >= MinSize((sbyte)bytes[MagicAt])
        ? new LegacyRecord(bytes)
        : throw new CorruptRecordException($"a message of magic 0 or 1 has only {bytes.Length} bytes");

    public ReadOnlySpan<byte> ReadKey(out bool isPresent, out int end) =>
        ReadSized(Magic == 0 ? KeySizeAtMagic0 : KeySizeAtMagic1, out isPresent, out end);

    public ReadOnlySpan<byte> ReadValue(int keyEnd, out bool isPresent) => ReadSized(keyEnd, out isPresent, out _);

    private static int MinSize(sbyte magic) => (magic == 0 ? KeySizeAtMagic0 : KeySizeAtMagic1) + (2 * sizeof(int));

    private ReadOnlySpan<byte> ReadSized(int at, out bool isPresent, out int end)
    {
        if (_bytes.Length - at < sizeof(int))
        {
            throw new InvalidRecordException("a message of magic 0 or 1 ends before the length of its value");
        }

        int size = BinaryPrimitives.ReadInt32BigEndian(_bytes[at..]);
        at += sizeof(int);
        if (size < -1 || size > _bytes.Length - at)
        {
            throw new InvalidRecordException($"a key or value of a message of magic 0 or 1 claims {size} bytes where {_bytes.Length - at} are left");
        }

        isPresent = size >= 0;
        end = at + Math.Max(size, 0);
        return _bytes[at..end];
    }
}
