using System.Numerics;

namespace Moldau.Client;

/// <summary>
/// Arrays for the answers to fetches, to be used again: the one that was last given back is taken first, as it is still in the processor's caches. The shared pool keeps too few of a size for a
/// consumer that has many small answers waiting, and one of each size for each thread besides. What is given back beyond <see cref="KeptBytesMax"/> is the collector's. Any thread.
/// </summary>
internal sealed class FrameStack
{
    private const int KeptBytesMax = 16 * 1024 * 1024;
    private const int SizeMin = 4096;

    private readonly Lock _gate = new();
    private readonly Stack<byte[]>[] _bySize = [.. Enumerable.Range(0, BitOperations.Log2(int.MaxValue) + 1).Select(_ => new Stack<byte[]>())];
    private long _keptBytes;

    /// <summary>An array of at least that size; its contents are whatever was in it.</summary>
    public byte[] Rent(int sizeBytes)
    {
        var exponent = BitOperations.Log2((uint)Math.Max(sizeBytes, SizeMin) - 1) + 1;
        lock (_gate)
        {
            if (_bySize[exponent].TryPop(out var kept))
            {
                _keptBytes -= kept.Length;
                return kept;
            }
        }

        return GC.AllocateUninitializedArray<byte>(1 << exponent);
    }

    /// <summary>Takes back an array that it gave.</summary>
    public void Return(byte[] array)
    {
        lock (_gate)
        {
            if (_keptBytes + array.Length > KeptBytesMax)
            {
                return;
            }

            _keptBytes += array.Length;
            _bySize[BitOperations.Log2((uint)array.Length)].Push(array);
        }
    }
}
