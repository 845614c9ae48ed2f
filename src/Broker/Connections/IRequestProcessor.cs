namespace Moldau.Broker;

/// <summary>What stands behind the connections: takes frames, completes them. Called by one thread at a time per connection, by many in all.</summary>
public interface IRequestProcessor
{
    /// <summary>Judges a request by its key, version and size. Must not block.</summary>
    Admission Admit(Connection connection, short apiKey, short apiVersion, int frameBytes);

    /// <summary>
    /// Starts on a request. It is completed, or aborted, exactly once, now or later; until <see cref="PendingRequest.MarkDispatched"/> or completion the connection's next request waits.
    /// Throws nothing.
    /// </summary>
    void Process(PendingRequest request);

    /// <summary>The name of an API for the log.</summary>
    string ApiName(short apiKey);
}
