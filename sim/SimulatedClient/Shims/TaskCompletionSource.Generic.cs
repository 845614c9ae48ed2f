namespace Moldau.Client;

/// <summary>As <see cref="TaskCompletionSource"/>, with a result.</summary>
internal class TaskCompletionSource<T> : System.Threading.Tasks.TaskCompletionSource<T>
{
    public TaskCompletionSource(TaskCreationOptions options = TaskCreationOptions.None)
        : base(options & ~TaskCreationOptions.RunContinuationsAsynchronously)
    {
    }
}
