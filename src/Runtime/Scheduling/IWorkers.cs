namespace Moldau.Runtime;

/// <summary>
/// Threads that may block. Socket completions run inline on the threads that poll the sockets, so everything that waits for a device or computes for long (fsync, cold reads,
/// recovery, compression, password hashing) is handed here. In simulation the same calls run on the seeded scheduler.
/// </summary>
public interface IWorkers
{
    /// <summary>
    /// Runs <paramref name="work"/> soon, on some worker, in no promised order. Any thread may call it. An exception that escapes the work is a broken invariant and ends the process.
    /// </summary>
    void Run(Action work);
}
