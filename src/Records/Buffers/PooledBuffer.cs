using System.Buffers;

namespace Moldau.Records;

/// <summary>
/// Bytes that grow as they are written, in an array of the shared pool. One thread at a time; it has one owner, who disposes it. Spans taken from it are
/// good until the next write. It never allocates by what a peer claims, only by what was written, and never beyond its limit.
/// </summary>
internal sealed class PooledBuffer : IDisposable
{
    private const int SizeMin = 4096;
    private byte[] _array = [];
    private int _limitBytes = int.MaxValue;

    /// <summary>The bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written => _array.AsSpan(0, Length);

    /// <summary>What was written so far, to change it.</summary>
    public Span<byte> WrittenMutable => _array.AsSpan(0, Length);

    /// <summary>Forgets what was written and sets how much may be written from now on.</summary>
    public void Reset(int limitBytes = int.MaxValue)
    {
        Length = 0;
        _limitBytes = limitBytes;
    }

    /// <summary>
    /// Room for at least one byte and at most as many as the limit leaves; <paramref name="sizeHint"/> bytes when the limit allows. Throws
    /// <see cref="InvalidRecordException"/> when the limit is reached.
    /// </summary>
    public Span<byte> Room(int sizeHint)
    {
        int left = _limitBytes - Length;
        if (left <= 0)
        {
            throw LimitReached();
        }

        int wanted = Math.Min(Math.Max(sizeHint, 1), left);
        if (_array.Length - Length < wanted)
        {
            Grow(wanted);
        }

        return _array.AsSpan(Length, Math.Min(_array.Length - Length, left));
    }

    /// <summary>Room for so many bytes or more; throws <see cref="InvalidRecordException"/> when the limit does not allow them.</summary>
    public Span<byte> RoomAtLeast(int size)
    {
        if (size > _limitBytes - Length)
        {
            throw LimitReached();
        }

        if (_array.Length - Length < size)
        {
            Grow(size);
        }

        return _array.AsSpan(Length);
    }

    /// <summary>Counts bytes that were written to the room.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(RoomAtLeast(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Gives the array away: the caller returns it to the shared pool. The buffer is empty afterwards.</summary>
    public byte[] Detach()
    {
        byte[] array = _array;
        _array = [];
        Length = 0;
        return array;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Detach());
        }
    }

    private InvalidRecordException LimitReached() =>
        new($"the records take more than the {_limitBytes} bytes that a batch may decompress to");

    private void Grow(int room)
    {
        long size = Math.Max(Math.Max(SizeMin, 2L * _array.Length), (long)Length + room);
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Array.MaxLength));
        _array.AsSpan(0, Length).CopyTo(larger);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = larger;
    }
}
