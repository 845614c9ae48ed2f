using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>Finds the batches of a log file that the entries of an index name, in one walk: the offsets that it is asked for must rise. Used by one thread; dispose it.</summary>
internal sealed class BatchCursor(IDiskFile log) : IDisposable
{
    private readonly byte[] header = new byte[BatchHeader.Size];
    private long position;
    private BatchHeader? current;

    /// <summary>A cursor at the begin of a file, which it closes; null for none.</summary>
    public static BatchCursor? Over(IDiskFile? log) => log is null ? null : new BatchCursor(log);

    /// <summary>The header of the batch that has an offset; null when there is none, or it lies before the one that was found last.</summary>
    public BatchHeader? Find(long offset)
    {
        while ((current is not { } batch || batch.LastOffset < offset) && Next())
        {
        }

        return current is { } found && found.BaseOffset <= offset && offset <= found.LastOffset ? found : null;
    }

    public void Dispose() => log.Dispose();

    private bool Next()
    {
        if (position >= log.Length || !BatchHeader.TryRead(header.AsSpan(0, log.Read(header, position)), out var batch))
        {
            return false;
        }

        current = batch;
        position += batch.SizeInBytes;
        return true;
    }
}
