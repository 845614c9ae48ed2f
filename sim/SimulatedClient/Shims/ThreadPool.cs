namespace Moldau.Client;

/// <summary>Hides the framework's for the client in simulation: what it hands to the pool is a piece of the simulated process.</summary>
internal static class ThreadPool
{
    public static void UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal) =>
        Task.Factory.StartNew(item.Execute, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);
}
