namespace Moldau.Runtime.Os;

/// <summary>Socket settings.</summary>
public sealed record OsNetworkOptions
{
    /// <summary>Connections that the system may hold ready before they are accepted (Kafka's socket.listen.backlog.size).</summary>
    public int BacklogSize { get; init; } = 512;

    /// <summary>SO_SNDBUF in bytes; -1 leaves it to the system, which tunes it per connection.</summary>
    public int SendBufferBytes { get; init; } = -1;

    /// <summary>SO_RCVBUF in bytes; -1 leaves it to the system, which tunes it per connection.</summary>
    public int ReceiveBufferBytes { get; init; } = -1;

    /// <summary>
    /// Whether completions of all sockets of the process run inline on the threads that poll them. For a process of our own; false where this library is a guest, as others' continuations may block.
    /// </summary>
    public bool UsesInlineCompletions { get; init; } = true;
}
