namespace Moldau.Client;

/// <summary>One answer whose bytes several partitions' records lie in: it is given back when the last of them is done. Any thread.</summary>
internal sealed class SharedLease(ResponseLease lease)
{
    private int _holders = 1;

    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            lease.Dispose();
        }
    }
}
