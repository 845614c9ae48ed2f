using System.Buffers;

namespace Moldau.Client;

/// <summary>Where a typed record's key and value are made, one for each thread: they are copied into a batch before it is used again.</summary>
internal sealed class SerializationBuffer : IBufferWriter<byte>
{
    private const int KeptBytesMax = 1024 * 1024;

    [ThreadStatic]
    private static SerializationBuffer? _idle;

    private byte[] _bytes = new byte[512];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The thread's own, which nobody else gets until it is returned.</summary>
    public static SerializationBuffer Rent()
    {
        SerializationBuffer buffer = _idle ?? new SerializationBuffer();
        _idle = null;
        buffer.Length = 0;
        return buffer;
    }

    public void Return()
    {
        if (_bytes.Length <= KeptBytesMax)
        {
            _idle = this;
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    private void Reserve(int sizeHint)
    {
        int size = Math.Max(sizeHint, 1);
        if (_bytes.Length - Length < size)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + size));
        }
    }
}
