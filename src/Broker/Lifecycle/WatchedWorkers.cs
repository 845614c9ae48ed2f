using System.Diagnostics.CodeAnalysis;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>
/// The workers of one node: what escapes a piece of work ends that node, and lets whoever runs it say so, instead of ending the process on the spot. Once closed they run nothing more, as those of a
/// process that was killed: what waits for their work waits for ever.
/// </summary>
internal sealed class WatchedWorkers(IWorkers workers, NodeFailure failure) : IWorkers
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _quiet;
    private int _running;
    private bool _isClosed;

    public void Run(Action work) => workers.Run(() => Watch(work));

    /// <summary>Begins no more work; the task ends when none is under way.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _running == 0 ? Task.CompletedTask : (_quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.FollowAsync();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The failure ends the node: the quorum's and the controller's queues stop where they are.")]
    private void Watch(Action work)
    {
        if (!TryBegin())
        {
            return;
        }

        try
        {
            work();
        }
        catch (Exception escaped)
        {
            failure.Fail(escaped);
        }

        End();
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            _running += _isClosed ? 0 : 1;
            return !_isClosed;
        }
    }

    private void End()
    {
        TaskCompletionSource? quiet;
        lock (_gate)
        {
            quiet = --_running == 0 ? _quiet : null;
        }

        quiet?.TrySetResult();
    }
}
