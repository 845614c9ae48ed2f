namespace Moldau.Client;

/// <summary>
/// The batches made between two flushes. A flush ends when all of its epoch and of those before are done. Guarded by the <see cref="FlushEpochs"/> that made it.
/// </summary>
internal sealed class FlushEpoch
{
    public int BatchesCount { get; set; }

    public TaskCompletionSource? Flushed { get; set; }
}
