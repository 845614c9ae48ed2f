using System.Buffers.Text;
using System.Globalization;

namespace Moldau.Client;

/// <summary>
/// Spreads one hot key over several partitions: each record's key gets a salt, so that the parts hash to different partitions and only records of the same part keep their
/// order. The layout is the key, then <c>#</c>, then the salt as two lower-case hexadecimal digits: <c>user-7</c> becomes <c>user-7#0a</c>. Any client can write
/// and read it, and compaction keeps the last record of each part. Immutable but for the turn of the salts; any thread.
/// </summary>
public sealed class SaltedKeys
{
    /// <summary>The bytes that a salt adds to a key.</summary>
    public const int SaltBytes = 3;

    /// <summary>The most parts that a key can have.</summary>
    public const int SaltsMax = 256;

    private const byte Separator = (byte)'#';
    private int _turn = -1;

    /// <param name="saltsCount">Into how many parts a key is cut, 1 to <see cref="SaltsMax"/>. Readers must know no smaller number.</param>
    public SaltedKeys(int saltsCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(saltsCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(saltsCount, SaltsMax);
        SaltsCount = saltsCount;
    }

    /// <summary>Into how many parts a key is cut.</summary>
    public int SaltsCount { get; }

    /// <summary>Reads a salted key back; false when it has no salt.</summary>
    public static bool TryRead(ReadOnlySpan<byte> saltedKey, out ReadOnlySpan<byte> key, out int salt)
    {
        salt = 0;
        key = default;
        if (saltedKey.Length < SaltBytes || saltedKey[^SaltBytes] != Separator
            || !Utf8Parser.TryParse(saltedKey[^2..], out byte parsed, out int read, 'x') || read != 2)
        {
            return false;
        }

        key = saltedKey[..^SaltBytes];
        salt = parsed;
        return true;
    }

    /// <summary>Writes the key with the salt whose turn it is, and returns the bytes written. The destination needs <see cref="SaltBytes"/> more than the key.</summary>
    public int Write(ReadOnlySpan<byte> key, Span<byte> destination) =>
        Write(key, (int)((uint)Interlocked.Increment(ref _turn) % (uint)SaltsCount), destination);

    /// <summary>Writes the key with a salt, from 0 up to <see cref="SaltsCount"/>.</summary>
    public int Write(ReadOnlySpan<byte> key, int salt, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(salt);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(salt, SaltsCount);
        key.CopyTo(destination);
        destination[key.Length] = Separator;
        _ = salt.TryFormat(destination[(key.Length + 1)..], out _, "x2", CultureInfo.InvariantCulture);
        return key.Length + SaltBytes;
    }

    /// <summary>The partitions where the parts of a key lie, in ascending order, in a topic that is partitioned by <see cref="Partitioner.KeyHash"/>: a reader of that key needs no others.</summary>
    public int[] PartitionsOf(ReadOnlySpan<byte> key, int partitionsCount)
    {
        byte[] salted = new byte[key.Length + SaltBytes];
        var partitions = new SortedSet<int>();
        for (int salt = 0; salt < SaltsCount; salt++)
        {
            _ = Write(key, salt, salted);
            partitions.Add(Partitioner.PartitionFor(salted, partitionsCount));
        }

        return [.. partitions];
    }
}
