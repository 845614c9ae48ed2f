namespace Moldau.Client;

/// <summary>A line of batches, chained through themselves: nothing is allocated. One thread at a time.</summary>
internal struct BatchQueue
{
    public ProducerBatch? First { get; private set; }

    public ProducerBatch? Last { get; private set; }

    public int Count { get; private set; }

    public void AddLast(ProducerBatch batch) => InsertBefore(null, batch);

    public ProducerBatch RemoveFirst()
    {
        ProducerBatch batch = First!;
        Remove(batch);
        return batch;
    }

    public void Remove(ProducerBatch batch)
    {
        if (batch.Previous is { } previous)
        {
            previous.Next = batch.Next;
        }
        else
        {
            First = batch.Next;
        }

        if (batch.Next is { } next)
        {
            next.Previous = batch.Previous;
        }
        else
        {
            Last = batch.Previous;
        }

        (batch.Previous, batch.Next) = (null, null);
        Count--;
    }

    /// <summary>Puts back a batch that was sent: behind those sent before it, in front of all others.</summary>
    public void InsertByOrder(ProducerBatch batch)
    {
        ProducerBatch? at = First;
        while (at is not null && at.Order != 0 && at.Order < batch.Order)
        {
            at = at.Next;
        }

        InsertBefore(at, batch);
    }

    /// <summary>Puts a batch in front of another of the line; at the end when there is none.</summary>
    public void InsertBefore(ProducerBatch? at, ProducerBatch batch)
    {
        ProducerBatch? previous = at is null ? Last : at.Previous;
        (batch.Previous, batch.Next) = (previous, at);
        if (previous is null)
        {
            First = batch;
        }
        else
        {
            previous.Next = batch;
        }

        if (at is null)
        {
            Last = batch;
        }
        else
        {
            at.Previous = batch;
        }

        Count++;
    }
}
