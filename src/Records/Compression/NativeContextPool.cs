using System.Collections.Concurrent;

namespace Moldau.Records;

/// <summary>
/// Native compression contexts, kept for the next use: making one costs more than compressing a small batch. Any thread may rent and return; a bounded
/// number is kept, the rest is freed.
/// </summary>
internal sealed class NativeContextPool(Func<nint> create, Action<nint> free)
{
    private static readonly int KeptMax = 2 * Environment.ProcessorCount;
    private readonly ConcurrentQueue<nint> _contexts = new();

    /// <summary>A context that nobody else uses; the caller returns it.</summary>
    public nint Rent()
    {
        if (_contexts.TryDequeue(out nint context))
        {
            return context;
        }

        context = create();
        return context != 0 ? context : throw new InsufficientMemoryException("a native compression context could not be allocated");
    }

    /// <summary>Takes a context back.</summary>
    public void Return(nint context)
    {
        if (_contexts.Count < KeptMax)
        {
            _contexts.Enqueue(context);
        }
        else
        {
            free(context);
        }
    }
}
