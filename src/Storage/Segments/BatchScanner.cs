namespace Moldau.Storage;

/// <summary>
/// Walks over the batches of a log file from a position on, reading headers through a window that the caller lends. Stops at the end, at a partial batch,
/// and at bytes that are no batch.
/// </summary>
internal ref struct BatchScanner
{
    private readonly LogFileLease lease;
    private readonly long end;
    private readonly Span<byte> window;
    private long windowStart;
    private int windowLength;
    private long next;
    private BatchHeader current;

    /// <param name="lease">The open file; stays the caller's.</param>
    /// <param name="position">Where a batch begins.</param>
    /// <param name="end">Where the batches end.</param>
    /// <param name="window">At least <see cref="BatchHeader.Size"/> bytes.</param>
    public BatchScanner(LogFileLease lease, long position, long end, Span<byte> window)
    {
        this.lease = lease;
        this.end = end;
        this.window = window;
        next = position;
        windowStart = position;
    }

    /// <summary>The batch that <see cref="MoveNext"/> found.</summary>
    public readonly ref readonly BatchHeader Current
    {
        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        get => ref current;
    }

    /// <summary>Where it begins.</summary>
    public int Position { get; private set; }

    /// <summary>Where the last whole batch ends.</summary>
    public readonly long NextPosition => next;

    /// <summary>Whether the walk stopped at bytes that cannot be a batch, not at the end.</summary>
    public bool IsCorrupt { get; private set; }

    public bool MoveNext()
    {
        var left = end - next;
        if (left < BatchHeader.SizeUpToMagic)
        {
            return false;
        }

        var wanted = (int)Math.Min(BatchHeader.Size, left);
        if (next < windowStart || next + wanted > windowStart + windowLength)
        {
            windowStart = next;
            windowLength = lease.File.Read(window[..(int)Math.Min(window.Length, left)], next);
        }

        var available = window[(int)(next - windowStart)..windowLength];
        if (!BatchHeader.TryRead(available, out current))
        {
            IsCorrupt = available.Length >= wanted;
            return false;
        }

        if (current.SizeInBytes > left)
        {
            return false;
        }

        Position = (int)next;
        next += current.SizeInBytes;
        return true;
    }
}
