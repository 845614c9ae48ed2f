using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>
/// A producer id for what a shard does of its own accord, where nothing can wait for the controller: asked for when it is needed first, and there the next time. <see cref="TryTake"/> is for
/// the shard's thread alone.
/// </summary>
internal sealed class SpareProducerId(IProducerIdSource source)
{
    private const long None = -1;

    private long spare = None;
    private int isAsking;

    /// <summary>A fresh id; -1 when there is none yet.</summary>
    public ProducerId TryTake()
    {
        if (Volatile.Read(ref spare) == None && Interlocked.Exchange(ref isAsking, 1) == 0)
        {
            _ = AskAsync();
        }

        return Interlocked.Exchange(ref spare, None);
    }

    private async Task AskAsync()
    {
        try
        {
            var (error, id) = await source.NextAsync();
            if (error == ErrorCode.None)
            {
                Volatile.Write(ref spare, id);
            }
        }
        finally
        {
            Volatile.Write(ref isAsking, 0);
        }
    }
}
