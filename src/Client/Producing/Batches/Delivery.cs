using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace Moldau.Client;

/// <summary>
/// What somebody awaits who sent a record. It is used again after its result was read. Continuations go to the thread pool, never on the sender's loop.
/// </summary>
internal sealed class Delivery(ConcurrentQueue<Delivery> idle) : IValueTaskSource<RecordMetadata>
{
    private const int IdleMax = 100_000;
    private ManualResetValueTaskSourceCore<RecordMetadata> _source = new() { RunContinuationsAsynchronously = true };

    /// <summary>The place of the record in its batch.</summary>
    public int Index { get; private set; }

    /// <summary>The timestamp of the record, in ms since the epoch.</summary>
    public long Timestamp { get; private set; }

    public ValueTask<RecordMetadata> Task => new(this, _source.Version);

    /// <summary>One that nobody uses.</summary>
    public static Delivery Rent(ConcurrentQueue<Delivery> idle) => idle.TryDequeue(out Delivery? delivery) ? delivery : new Delivery(idle);

    /// <summary>Gives back one that was rented and not used.</summary>
    public void Return()
    {
        if (idle.Count < IdleMax)
        {
            idle.Enqueue(this);
        }
    }

    public void Place(int index, long timestamp) => (Index, Timestamp) = (index, timestamp);

    public void Succeed(in RecordMetadata metadata) => _source.SetResult(metadata);

    public void Fail(Exception failure) => _source.SetException(failure);

    public RecordMetadata GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _source.Reset();
            Return();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
