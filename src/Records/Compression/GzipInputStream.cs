namespace Moldau.Records;

/// <summary>
/// The compressed bytes of a gzip stream, for <see cref="System.IO.Compression.GZipStream"/>, which takes a stream that ends too early for a whole one.
/// So that it cannot, filler that no gzip stream continues with is handed out after the end: a finished stream ignores it as bytes that follow its end,
/// an unfinished one fails on it or asks for even more.
/// </summary>
internal sealed unsafe class GzipInputStream(byte* start, int length) : Stream
{
    /// <summary>Enough to fill up a cut trailer, whose length field all these ones cannot satisfy.</summary>
    private const int FillerBytes = 16;
    private const byte Filler = 0xFF;
    private int _position;
    private bool _filled;

    /// <summary>Whether more was asked for than bytes and filler, or nothing was there at all.</summary>
    public bool EndsTooEarly { get; private set; } = length == 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int size = Math.Min(buffer.Length, length - _position);
        if (size > 0)
        {
            new ReadOnlySpan<byte>(start + _position, size).CopyTo(buffer);
            _position += size;
            return size;
        }

        if (_filled)
        {
            EndsTooEarly = true;
            return 0;
        }

        _filled = true;
        size = Math.Min(buffer.Length, FillerBytes);
        buffer[..size].Fill(Filler);
        return size;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
