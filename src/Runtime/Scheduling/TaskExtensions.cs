namespace Moldau.Runtime;

/// <summary>Waiting for tasks without leaving the scheduler that one runs on.</summary>
public static class TaskExtensions
{
    /// <summary>
    /// The same end as <paramref name="task"/>, for <c>WhenAny</c>, <c>WhenAll</c>, <c>WaitAsync</c> and <c>Unwrap</c>. A source whose continuations run asynchronously hands those of them that are
    /// no awaits to the thread pool, past any scheduler; an await in between keeps to the scheduler of its caller, in simulation the seeded one.
    /// </summary>
    public static async Task FollowAsync(this Task task) => await task;
}
