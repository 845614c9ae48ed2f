namespace Moldau.Broker.Fetching;

/// <summary>The operations that nobody uses at the moment; as many as were needed at once, up to a bound. Any thread.</summary>
internal sealed class FetchOperations
{
    private const int KeptMax = 1024;

    /// <summary>An operation with more partitions than that is not kept: its memory would be.</summary>
    private const int PartitionsMax = 512;

    private readonly Lock _gate = new();
    private readonly Stack<FetchOperation> _idle = new();

    public FetchOperation Rent()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out var operation))
            {
                return operation;
            }
        }

        return new FetchOperation();
    }

    public void Return(FetchOperation operation)
    {
        operation.End();
        lock (_gate)
        {
            if (_idle.Count < KeptMax && operation.Capacity <= PartitionsMax)
            {
                _idle.Push(operation);
            }
        }
    }
}
