using System.Diagnostics.CodeAnalysis;

namespace Moldau.Runtime;

/// <summary>Work with a result or an asynchronous course, on top of <see cref="IWorkers.Run"/>. What awaits the result goes on on the worker unless it runs on a scheduler of its own.</summary>
public static class WorkersExtensions
{
    /// <summary>Runs <paramref name="work"/> on a worker; the task carries its result or exception.</summary>
    public static Task<T> CallAsync<T>(this IWorkers workers, Func<T> work)
    {
        var result = new TaskCompletionSource<T>();
        workers.Run(() => Complete(result, work));
        return result.Task;
    }

    /// <summary>Runs <paramref name="work"/> on a worker; the task carries its end or exception.</summary>
    public static Task CallAsync(this IWorkers workers, Action work) => workers.CallAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>Starts an asynchronous piece of work on a worker; the task ends when it has ended.</summary>
    public static Task StartAsync(this IWorkers workers, Func<Task> work) => workers.CallAsync(work).Unwrap();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The exception goes on through the task, to whoever awaits it.")]
    private static void Complete<T>(TaskCompletionSource<T> result, Func<T> work)
    {
        T value;
        try
        {
            value = work();
        }
        catch (Exception failure)
        {
            result.SetException(failure);
            return;
        }

        result.SetResult(value);
    }
}
