using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Runtime;
using Moldau.Runtime.Os;

namespace Moldau.Client;

/// <summary>Where time, connections and randomness come from. The default is the real world; tests and the in-process node bring their own. Immutable; safe from any thread.</summary>
public sealed record ClientSeams
{
    private static readonly OsNetwork Sockets = new(new OsNetworkOptions { UsesInlineCompletions = false });

    private readonly INetwork? _network;

    /// <summary>Connections; real sockets unless set, with <c>send.buffer.bytes</c> and <c>receive.buffer.bytes</c> where the options are made of Kafka's names.</summary>
    public INetwork Network
    {
        get => _network ?? Sockets;
        init => _network = value;
    }

    /// <summary>Clock and timers of everything that waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Randomness of back-off, order of bootstrap servers, nonces and identifiers.</summary>
    public IEntropy Entropy { get; init; } = new OsEntropy();

    /// <summary>Where the client tells of what it cannot return: lost connections, retries.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Whether <see cref="Network"/> was set: then it stands, whatever keys say of sockets.</summary>
    internal bool HasNetwork => _network is not null;
}
