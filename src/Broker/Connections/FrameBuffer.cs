using System.Buffers;
using Moldau.Core;

namespace Moldau.Broker;

/// <summary>
/// A pooled buffer of exactly one frame. It has one owner, who returns it once; whoever reads it after that meets poison (in debug builds and wherever <see cref="PoisonOnReturn"/> is set)
/// instead of another connection's bytes.
/// </summary>
public sealed class FrameBuffer
{
    private const byte Poison = 0xDB;

    private byte[]? _array;

    private FrameBuffer(byte[] array, int length)
    {
        _array = array;
        Length = length;
    }

    /// <summary>Overwrites buffers as they are returned, so that a use after that shows.</summary>
    public static bool PoisonOnReturn { get; set; } =
#if DEBUG
        true;
#else
        false;
#endif

    public int Length { get; }

    /// <summary>The frame without its size. Throws <see cref="InvariantException"/> when the buffer was returned.</summary>
    public Memory<byte> Memory
    {
        get
        {
            byte[]? array = _array;
            Invariant.That(array is not null, "a frame is read before its buffer is returned");
            return array.AsMemory(0, Length);
        }
    }

    public static FrameBuffer Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    /// <summary>Gives the memory back. Only the first call does something.</summary>
    public void Return()
    {
        byte[]? array = Interlocked.Exchange(ref _array, null);
        if (array is null)
        {
            return;
        }

        if (PoisonOnReturn)
        {
            array.AsSpan().Fill(Poison);
        }

        ArrayPool<byte>.Shared.Return(array);
    }
}
