namespace Moldau.Runtime.Os;

/// <summary>The thread pool of the process: socket completions do not run there, so that work may block.</summary>
public sealed class OsWorkers : IWorkers
{
    public void Run(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static action => action(), work, preferLocal: false);
}
