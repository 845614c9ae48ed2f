using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>Handles one record. Resolved from a scope of its own for each record.</summary>
public interface IRecordHandler
{
    /// <summary>Handles the record. What it throws is a failure of the record: it is tried again, or put aside, as the worker's <see cref="RetryOptions"/> say.</summary>
    /// <param name="record">The record, good for as long as one likes.</param>
    /// <param name="cancellationToken">Ends when the worker gives up waiting at its end.</param>
    /// <returns>A task that ends when the record is handled.</returns>
    ValueTask HandleAsync(WorkerRecord record, CancellationToken cancellationToken);
}
