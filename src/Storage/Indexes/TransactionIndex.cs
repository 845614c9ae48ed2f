using Moldau.Core;

namespace Moldau.Storage;

/// <summary>
/// <c>.txnindex</c>: the aborted transactions whose markers are in the segment, in the order of the markers. Most segments have none, and then there is no
/// file.
/// One writer; readers may come from any thread.
/// </summary>
internal sealed class TransactionIndex(LogFile file, long baseOffset)
{
    private const int ChunkEntries = 64;

    private long? lastOffset;
    private long length = -1;

    public LogFile File { get; } = file;

    public void Append(AbortedTransaction transaction)
    {
        var end = Length();
        Invariant.That(lastOffset is null || transaction.LastOffset > lastOffset, "abort markers rise");
        Span<byte> entry = stackalloc byte[AbortedTransaction.Size];
        transaction.Write(entry);
        File.Write(entry, end);
        lastOffset = transaction.LastOffset;
        Volatile.Write(ref length, end + AbortedTransaction.Size);
    }

    /// <summary>
    /// Adds the transactions that end at or after <paramref name="fetchOffset"/> and begin before <paramref name="upperBound"/>.
    /// True when no later segment can hold another one.
    /// </summary>
    public bool Collect(long fetchOffset, long upperBound, List<AbortedTransaction> into)
    {
        var end = Length();
        Span<byte> chunk = stackalloc byte[ChunkEntries * AbortedTransaction.Size];
        for (long position = 0; position + AbortedTransaction.Size <= end; position += chunk.Length)
        {
            var read = File.Read(chunk[..(int)Math.Min(chunk.Length, end - position)], position);
            for (var at = 0; at + AbortedTransaction.Size <= read; at += AbortedTransaction.Size)
            {
                var transaction = AbortedTransaction.Read(File.Path, chunk[at..]);
                if (transaction.LastOffset >= fetchOffset && transaction.FirstOffset < upperBound)
                {
                    into.Add(transaction);
                }

                if (transaction.LastStableOffset >= upperBound)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>All entries, in order.</summary>
    /// <exception cref="CorruptFileException">An entry is not one.</exception>
    public List<AbortedTransaction> All()
    {
        var all = new List<AbortedTransaction>();
        Collect(long.MinValue, long.MaxValue, all);
        return all;
    }

    /// <summary>Drops the transactions whose markers are at or above <paramref name="offset"/>.</summary>
    public void TruncateTo(long offset)
    {
        var all = All();
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].LastOffset >= offset)
            {
                SetLength((long)i * AbortedTransaction.Size);
                lastOffset = i == 0 ? null : all[i - 1].LastOffset;
                return;
            }
        }
    }

    public void Reset()
    {
        if (File.Exists())
        {
            SetLength(0);
        }

        lastOffset = null;
    }

    /// <summary>Whether every entry is whole, of a known version, within the segment that ends before <paramref name="endOffset"/>, and in order.</summary>
    public bool IsSane(long endOffset)
    {
        List<AbortedTransaction> all;
        try
        {
            all = All();
        }
        catch (CorruptFileException)
        {
            return false;
        }

        var previous = baseOffset - 1;
        foreach (var transaction in all)
        {
            if (transaction.LastOffset <= previous || transaction.LastOffset >= endOffset || transaction.FirstOffset > transaction.LastOffset)
            {
                return false;
            }

            previous = transaction.LastOffset;
        }

        return Length() % AbortedTransaction.Size == 0;
    }

    public void Sync()
    {
        if (Length() > 0)
        {
            File.Sync(dataOnly: false);
        }
    }

    private void SetLength(long newLength)
    {
        File.SetLength(newLength);
        Volatile.Write(ref length, newLength);
    }

    private long Length()
    {
        var known = Volatile.Read(ref length);
        if (known >= 0)
        {
            return known;
        }

        known = File.Exists() ? File.Length : 0;
        Volatile.Write(ref length, known);
        if (known >= AbortedTransaction.Size)
        {
            Span<byte> entry = stackalloc byte[AbortedTransaction.Size];
            File.Read(entry, (known / AbortedTransaction.Size * AbortedTransaction.Size) - AbortedTransaction.Size);
            lastOffset = AbortedTransaction.Read(File.Path, entry).LastOffset;
        }

        return known;
    }
}
