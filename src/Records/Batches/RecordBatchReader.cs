namespace Moldau.Records;

/// <summary>
/// Goes over the batches that lie one after another in a buffer, of any magic, without copying. Stops before a partial batch at the end, as fetches
/// and torn writes leave one; checks lengths and magics, not checksums.
/// </summary>
public ref struct RecordBatchReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _currentSize;

    /// <summary>Where the current batch begins; after the end, where the whole batches end.</summary>
    public int Position { get; private set; }

    /// <summary>The bytes of the current batch, exactly.</summary>
    public readonly ReadOnlySpan<byte> CurrentBytes => _bytes.Slice(Position, _currentSize);

    /// <summary>The current batch.</summary>
    public readonly RecordBatchHeader Current => new(CurrentBytes);

    /// <summary>Allows foreach.</summary>
    public readonly RecordBatchReader GetEnumerator() => this;

    /// <summary>
    /// Goes to the next batch; false when no whole one is left. Throws <see cref="CorruptRecordException"/> when its length or magic cannot be right.
    /// </summary>
    public bool MoveNext()
    {
        Position += _currentSize;
        _currentSize = 0;
        var rest = _bytes[Position..];
        if (!RecordBatchHeader.TryReadSize(rest, out int size) || rest.Length < size)
        {
            return false;
        }

        _currentSize = size;
        return true;
    }
}
