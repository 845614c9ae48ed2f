namespace Moldau.Client;

/// <summary>
/// The bytes of one answer, in which several partitions' records lie. Whoever needs them holds it; when the last has let go of it, array and object go back to the consumer's
/// <see cref="FetchPool"/>, to be used again. Under the consumer's gate, but for <see cref="Rent"/>, <see cref="Take"/> and <see cref="Body"/>.
/// </summary>
internal sealed class FetchAnswer(FetchPool pool)
{
    private byte[]? _array;
    private int _length;
    private int _bodyStart;
    private int _holders;

    /// <summary>The version that the request was sent in.</summary>
    public short Version { get; private set; }

    /// <summary>The body, without size and header.</summary>
    public ReadOnlyMemory<byte> Body => _array.AsMemory(_bodyStart, _length - _bodyStart);

    /// <summary>An array for a response of that size.</summary>
    public byte[] Rent(int sizeBytes) => pool.Frames.Rent(sizeBytes);

    /// <summary>Takes over the bytes of a response, in an array that <see cref="Rent"/> gave.</summary>
    public void Take(byte[] array, int length, int bodyStart, short version) => (_array, _length, _bodyStart, Version) = (array, length, bodyStart, version);

    public void Hold() => _holders++;

    public void Release()
    {
        if (--_holders > 0)
        {
            return;
        }

        if (_array is not null)
        {
            pool.Frames.Return(_array);
            _array = null;
        }

        pool.Return(this);
    }
}
