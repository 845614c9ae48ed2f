namespace Moldau.Tests;

/// <summary>What a piece of code allocates on the thread that runs it.</summary>
internal static class AllocatedBytes
{
    private const int Attempts = 10;

    /// <summary>
    /// The least that one of several runs allocated. A collection that another test brings about takes what is left of this thread's allocation context and counts it as allocated (up to 8 KiB each
    /// time), so that a single run may show more than was asked for; what the code itself allocates is in every run.
    /// </summary>
    public static long LeastOf(Action run)
    {
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
