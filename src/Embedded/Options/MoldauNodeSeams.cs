using Moldau.Broker;
using Moldau.Runtime;

namespace Moldau.Embedded;

/// <summary>
/// What a node stands on, where it is to be another thing than the machine's. Each function that decorates is called at each start, with what the node would use by itself.
/// </summary>
public sealed class MoldauNodeSeams
{
    /// <summary>The clock of everything in the node: timestamps, sessions, retention. The system's by default.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The randomness of identifiers and elections; null takes the system's.</summary>
    public IEntropy? Entropy { get; set; }

    /// <summary>The threads of the node's work; null takes the process's thread pool.</summary>
    public IWorkers? Workers { get; set; }

    /// <summary>
    /// The network in memory that a node without sockets listens on, to be shared by several of them; null, the default, makes one for each node. It must not complete inline
    /// (<see cref="MemoryNetwork"/>), so that a client's code never runs on a thread of the node.
    /// </summary>
    public MemoryNetwork? Network { get; set; }

    /// <summary>Puts something before the disk; null leaves it as it is.</summary>
    public Func<IDisk, IDisk>? DecorateDisk { get; set; }

    /// <summary>Puts something before the node's side of the network; null leaves it as it is. <see cref="MoldauNode.Network"/> stays undecorated.</summary>
    public Func<INetwork, INetwork>? DecorateNetwork { get; set; }

    /// <summary>Stands before the handlers of all APIs; null for none.</summary>
    public IRequestInterceptor? Interceptor { get; set; }
}
