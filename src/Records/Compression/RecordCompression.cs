namespace Moldau.Records;

/// <summary>
/// A compression type with its level (KIP-390): <c>compression.gzip.level</c>, <c>compression.lz4.level</c>, <c>compression.zstd.level</c>.
/// Make it by <see cref="Of(CompressionType)"/> or <see cref="Of(CompressionType, int)"/>.
/// </summary>
public readonly record struct RecordCompression
{
    public const int GzipLevelDefault = -1;
    public const int GzipLevelMin = 1;
    public const int GzipLevelMax = 9;
    public const int Lz4LevelDefault = 9;
    public const int Lz4LevelMin = 1;
    public const int Lz4LevelMax = 17;
    public const int ZstdLevelDefault = 3;
    public const int ZstdLevelMin = -131072;
    public const int ZstdLevelMax = 22;

    private RecordCompression(CompressionType type, int level) => (Type, Level) = (type, level);

    /// <summary>No compression.</summary>
    public static RecordCompression None => default;

    public CompressionType Type { get; }

    /// <summary>The level; 0 for types that have none.</summary>
    public int Level { get; }

    /// <summary>The type with Kafka's default level.</summary>
    public static RecordCompression Of(CompressionType type) => new(type, type switch
    {
        CompressionType.Gzip => GzipLevelDefault,
        CompressionType.Lz4 => Lz4LevelDefault,
        CompressionType.Zstd => ZstdLevelDefault,
        CompressionType.None or CompressionType.Snappy => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "is no compression type"),
    });

    /// <summary>The type with a level. Throws when the type does not have that level; it is ignored where the type has none.</summary>
    public static RecordCompression Of(CompressionType type, int level)
    {
        bool isLevel = type switch
        {
            CompressionType.Gzip => level is GzipLevelDefault or (>= GzipLevelMin and <= GzipLevelMax),
            CompressionType.Lz4 => level is >= Lz4LevelMin and <= Lz4LevelMax,
            CompressionType.Zstd => level is >= ZstdLevelMin and <= ZstdLevelMax,
            _ => true,
        };
        if (!isLevel)
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, $"is no level of {type}");
        }

        return type is CompressionType.None or CompressionType.Snappy ? Of(type) : new RecordCompression(type, level);
    }

    /// <summary>
    /// Compresses into an array of the shared pool, which the caller returns, behind <paramref name="headroomBytes"/> bytes that are left for a header.
    /// <paramref name="sizeBytes"/> counts both.
    /// </summary>
    public byte[] CompressPooled(ReadOnlySpan<byte> source, int headroomBytes, out int sizeBytes)
    {
        var destination = new PooledBuffer();
        _ = destination.RoomAtLeast(headroomBytes);
        destination.Advance(headroomBytes);
        Compress(source, destination);
        sizeBytes = destination.Length;
        return destination.Detach();
    }

    /// <summary>Appends <paramref name="source"/>, compressed.</summary>
    internal void Compress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        switch (Type)
        {
            case CompressionType.Gzip:
                GzipCodec.Compress(source, Level, destination);
                break;
            case CompressionType.Snappy:
                SnappyCodec.Compress(source, destination);
                break;
            case CompressionType.Lz4:
                Lz4Codec.Compress(source, Level, destination);
                break;
            case CompressionType.Zstd:
                ZstdCodec.Compress(source, Level, destination);
                break;
            default:
                destination.Write(source);
                break;
        }
    }
}
