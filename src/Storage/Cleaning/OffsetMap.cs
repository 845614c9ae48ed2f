using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// The last offset of each key, in memory of a fixed size: 24 bytes a key, whatever its length, as a keyed hash of 128 bits stands for it. The memory is taken outside of the heap when a
/// compaction begins, no more than its records can need, and goes back to the system with <see cref="Dispose"/>, so that a node that has nothing to compact stays small. One thread at a time.
/// </summary>
internal sealed class OffsetMap : IDisposable
{
    /// <summary>The bytes of an entry: the hash, and the offset behind the key's last record.</summary>
    public const int EntryBytes = EntryWords * sizeof(ulong);

    private const int EntryWords = 3;
    private const long SlotsMax = int.MaxValue / EntryWords;

    private readonly ulong key0;
    private readonly ulong key1;
    private readonly long slots;
    private nint memory;

    /// <param name="entropy">The secret key of the hash.</param>
    /// <param name="keysMax">More keys than this do not come: the map takes no more memory than they need.</param>
    /// <param name="memoryBytes">The most memory that it may take.</param>
    /// <param name="loadFactor">How full it may get, above 0 and up to 1.</param>
    public OffsetMap(IEntropy entropy, long keysMax, long memoryBytes, double loadFactor)
    {
        Span<ulong> key = stackalloc ulong[2];
        entropy.Fill(MemoryMarshal.AsBytes(key));
        key0 = key[0];
        key1 = key[1];
        var wanted = Math.Min((Math.Max(0, keysMax) / loadFactor) + 2, SlotsMax);
        slots = Math.Clamp(Math.Min(memoryBytes / EntryBytes, (long)wanted), 2, SlotsMax);
        Capacity = Math.Clamp((long)(slots * loadFactor), 1, slots - 1);
        memory = Marshal.AllocHGlobal((nint)(slots * EntryBytes));
        Words.Clear();
    }

    /// <summary>How many keys it takes.</summary>
    public long Capacity { get; }

    /// <summary>How many keys it holds.</summary>
    public long Count { get; private set; }

    /// <summary>The memory that it has taken.</summary>
    public long SizeBytes => slots * EntryBytes;

    public bool IsFull => Count >= Capacity;

    /// <summary>The last offset that the map stands for: records behind it are not in it, whatever their key.</summary>
    public long LatestOffset { get; private set; } = -1;

    private Span<ulong> Words => MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<ulong>(), memory), (int)(slots * EntryWords));

    /// <summary>Remembers the offset, above all before it, of a key. The map must not be full.</summary>
    public void Put(ReadOnlySpan<byte> key, long offset)
    {
        Invariant.That(!IsFull, "a key is put where there is room for it");
        ref var entry = ref Find(key, out var hash);
        if (Offset(ref entry) == 0)
        {
            entry = hash.Low;
            Unsafe.Add(ref entry, 1) = hash.High;
            Count++;
        }

        Offset(ref entry) = (ulong)offset + 1;
        LatestOffset = offset;
    }

    /// <summary>The last offset of a key; -1 when it was never put.</summary>
    public long Get(ReadOnlySpan<byte> key) => (long)Offset(ref Find(key, out _)) - 1;

    /// <summary>The records up to this offset have been looked at.</summary>
    public void Advance(long offset) => LatestOffset = offset;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Marshal.FreeHGlobal(memory);
        memory = 0;
    }

    private static ref ulong Offset(ref ulong entry) => ref Unsafe.Add(ref entry, 2);

    /// <summary>The entry of the key, or the free one where it belongs: there is always one, as the map is never quite full.</summary>
    private ref ulong Find(ReadOnlySpan<byte> key, out (ulong Low, ulong High) hash)
    {
        Invariant.That(memory != 0, "a map is not used after it was given back");
        hash = SipHash128.Compute(key, key0, key1);
        var words = Words;
        for (var slot = (long)Math.BigMul(hash.High, (ulong)slots, out _); ; slot = slot + 1 == slots ? 0 : slot + 1)
        {
            ref var entry = ref words[(int)(slot * EntryWords)];
            if (Offset(ref entry) == 0 || (entry == hash.Low && Unsafe.Add(ref entry, 1) == hash.High))
            {
                return ref entry;
            }
        }
    }
}
