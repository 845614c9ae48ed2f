namespace Moldau.Client;

/// <summary>
/// Hides the framework's for the client in simulation: continuations that are promised to run asynchronously leave for the thread pool where the framework itself awaits them (<c>WaitAsync</c>,
/// <c>WhenAny</c>). Here they do not run inline either, as the simulated scheduler never does that.
/// </summary>
internal sealed class TaskCompletionSource : System.Threading.Tasks.TaskCompletionSource
{
    public TaskCompletionSource(TaskCreationOptions options = TaskCreationOptions.None)
        : base(options & ~TaskCreationOptions.RunContinuationsAsynchronously)
    {
    }
}
