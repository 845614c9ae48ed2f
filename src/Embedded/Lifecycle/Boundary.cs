using System.Diagnostics.CodeAnalysis;
using Moldau.Runtime;

namespace Moldau.Embedded;

/// <summary>The line between a node and whose process it is in: the node's work runs on its workers, and whoever waits for it goes on elsewhere, never on one of them.</summary>
internal static class Boundary
{
    /// <summary>Runs work of the node on a worker. What awaits the task continues on the thread pool, or where its own context says.</summary>
    public static Task<T> CallAsync<T>(IWorkers workers, Func<Task<T>> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        workers.Run(() => _ = CompleteAsync(result, work));
        return result.Task;
    }

    /// <summary>As <see cref="CallAsync{T}"/>, for work without a result.</summary>
    public static Task CallAsync(IWorkers workers, Func<ValueTask> work) => CallAsync(workers, async () =>
    {
        await work();
        return true;
    });

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on through the task, to whoever awaits it.")]
    private static async Task CompleteAsync<T>(TaskCompletionSource<T> result, Func<Task<T>> work)
    {
        T value;
        try
        {
            value = await work();
        }
        catch (Exception failure)
        {
            result.SetException(failure);
            return;
        }

        result.SetResult(value);
    }
}
