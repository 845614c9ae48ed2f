using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>The seams a node stands on: the machine's, or those of a simulation. Shared by all rooms of one node.</summary>
public sealed record NodeEnvironment
{
    public required IDisk Disk { get; init; }

    public required INetwork Network { get; init; }

    public required IEntropy Entropy { get; init; }

    public required TimeProvider Time { get; init; }

    public required IWorkers Workers { get; init; }

    public required ILoggerFactory Logging { get; init; }

    /// <summary>How many files and sockets the process may have open at once, which bounds the files of logs that stay open; null where it is not known.</summary>
    public long? FileDescriptorsMax { get; init; }

    /// <summary>Stands before the handlers of all APIs, to inject faults; null, as in every node that serves anybody, for none.</summary>
    public IRequestInterceptor? Interceptor { get; init; }
}
