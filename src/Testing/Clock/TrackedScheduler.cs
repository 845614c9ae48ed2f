using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>
/// The threads of a node under test: the process's thread pool, with an account of what is under way, so that one can wait until the node has nothing left to do. All continuations of the node's
/// work come back here, as its rooms never leave the scheduler that they run on.
/// </summary>
internal sealed class TrackedScheduler : TaskScheduler, IWorkers
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _open;

    public void Run(Action work) => _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>Ends as soon as nothing is under way, if only for a moment: what comes from outside, over a socket, is not known before it is there.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            if (_open == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _open++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static item => item.Scheduler.Execute(item.Task), (Scheduler: this, Task: task), preferLocal: false);
    }

    /// <summary>Never inline: whoever completes what a piece of the node waits for goes on at once.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Execute(Task task)
    {
        TryExecuteTask(task);
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            if (--_open == 0)
            {
                (idle, _idle) = (_idle, null);
            }
        }

        idle?.TrySetResult();
    }
}
