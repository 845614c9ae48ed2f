namespace Moldau.Client;

/// <summary>
/// Who has to wait for something goes in the order in which they came, and nobody who comes later overtakes them: records that one thread sends keep their order while their topic is not known or
/// memory is used up. Costs nothing for the first in line. Safe for all threads.
/// </summary>
internal sealed class TurnQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _line = [];
    private volatile bool _isBusy;

    /// <summary>Somebody has the turn, or waits for it.</summary>
    public bool IsBusy => _isBusy;

    /// <summary>Takes a place in the line, at once. Null is the turn itself; otherwise it comes when the source completes. Whoever has taken one calls <see cref="Leave"/>.</summary>
    public TaskCompletionSource? Enter()
    {
        lock (_gate)
        {
            if (!_isBusy)
            {
                _isBusy = true;
                return null;
            }

            var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue(place);
            return place;
        }
    }

    /// <summary>Gives the turn to the next who still waits; gives up the <paramref name="place"/> when the turn has not come to it.</summary>
    public void Leave(TaskCompletionSource? place)
    {
        if (place is not null && place.TrySetCanceled())
        {
            return;
        }

        lock (_gate)
        {
            while (_line.TryDequeue(out TaskCompletionSource? next))
            {
                if (next.TrySetResult())
                {
                    return;
                }
            }

            _isBusy = false;
        }
    }

    /// <summary>Goes to the end of the line and through it: ends when all who are before have had their turn, or have given it up.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? place = Enter();
        try
        {
            if (place is not null)
            {
                await place.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Leave(place);
        }
    }

    /// <summary>
    /// Waits for the turn; false when the time is over first. The place stays taken until <see cref="Leave"/>: what its owner does before that, like failing its transaction, is seen by all behind.
    /// </summary>
    public static async ValueTask<bool> WaitAsync(TaskCompletionSource place, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await place.Task.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
