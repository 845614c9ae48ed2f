using Moldau.Configuration;

namespace Moldau.Broker;

/// <summary>One configured listener: where it binds, what it speaks, and the address that others are told.</summary>
public sealed record ListenerBinding
{
    /// <summary>The listener's name in capital letters, as in <c>listeners</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The host to bind; empty for all addresses.</summary>
    public required string Host { get; init; }

    /// <summary>The port to bind; 0 takes a free one.</summary>
    public required int Port { get; init; }

    public required ListenerKind Kind { get; init; }

    public SecurityProtocol SecurityProtocol { get; init; } = SecurityProtocol.Plaintext;

    /// <summary>True for the listener of <c>inter.broker.listener.name</c>: the limit on the node's connections does not close it to other brokers.</summary>
    public bool IsInterBroker { get; init; }

    /// <summary>The host of <c>advertised.listeners</c>; null when it is to be derived from <see cref="Host"/>.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>The port of <c>advertised.listeners</c>; 0 when it is the one that was bound.</summary>
    public int AdvertisedPort { get; init; }
}
