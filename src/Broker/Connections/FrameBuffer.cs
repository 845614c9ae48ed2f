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

    private FrameBuffer()
    {
    }

    /// <summary>Overwrites buffers as they are returned, so that a use after that shows.</summary>
    public static bool PoisonOnReturn { get; set; } =
#if DEBUG
        true;
#else
        false;
#endif

    public int Length { get; private set; }

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

    /// <summary>The frame and the room behind it, for what is received along with it.</summary>
    internal Memory<byte> MemoryWithRoom
    {
        get
        {
            byte[]? array = _array;
            Invariant.That(array is not null, "a frame is read before its buffer is returned");
            return array;
        }
    }

    /// <summary>A buffer that may be filled again and again, without memory yet.</summary>
    internal static FrameBuffer Empty() => new();

    /// <summary>Takes memory for another frame, now that the one before was returned.</summary>
    internal void Refill(int length, int roomBytes)
    {
        Invariant.That(_array is null, "a frame is returned before its buffer takes another");
        _array = ArrayPool<byte>.Shared.Rent(length + roomBytes);
        Length = length;
    }

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
