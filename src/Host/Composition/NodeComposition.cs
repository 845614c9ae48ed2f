using Microsoft.Extensions.Logging;
using Moldau.Broker;
using Moldau.Configuration;
using Moldau.Runtime.Os;

namespace Moldau.Host;

/// <summary>
/// The one place where a node is put together: the machine's disk and network under the rooms of the engine. Started by <see cref="NodeRun"/>, disposed for a clean stop,
/// in the reverse order of the start.
/// </summary>
internal sealed class NodeComposition : IAsyncDisposable
{
    private readonly Node _node;

    private NodeComposition(Node node)
    {
        _node = node;
        Listening = [.. node.Listeners.Select(Bound)];
    }

    /// <summary>The listeners that answer, with the ports that were bound.</summary>
    public IReadOnlyList<Moldau.Configuration.ListenerEndpoint> Listening { get; }

    /// <summary>Ends when the node ends by itself; fails with what ended it.</summary>
    public Task Completion => _node.Completion;

    /// <summary>
    /// Starts a node and returns when it answers. Throws <see cref="StorageException"/>, <see cref="Moldau.Runtime.DiskException"/> or
    /// <see cref="Moldau.Runtime.NetworkException"/> with a message for the operator.
    /// </summary>
    public static async Task<NodeComposition> StartAsync(
        ProgramContext context, NodeConfiguration configuration, ILoggerFactory logging, bool format, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FormatWhenNew(context, configuration, logging.CreateLogger("Moldau.Storage"), format);
        var environment = new NodeEnvironment
        {
            Disk = context.Disk,
            Network = new OsNetwork(new OsNetworkOptions
            {
                BacklogSize = configuration.SocketListenBacklogSize,
                SendBufferBytes = configuration.SocketSendBufferBytes,
                ReceiveBufferBytes = configuration.SocketReceiveBufferBytes,
            }),
            Entropy = context.Entropy,
            Time = context.Time,
            Workers = new OsWorkers(),
            Logging = logging,
            FileDescriptorsMax = FileDescriptors.RaiseLimit(),
        };
        try
        {
            return new NodeComposition(await Node.StartAsync(environment, configuration, cancellationToken));
        }
        catch (Exception exception) when (exception is InvalidOperationException or InvalidDataException)
        {
            throw new StorageException(exception.Message);
        }
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static void FormatWhenNew(ProgramContext context, NodeConfiguration configuration, ILogger log, bool format)
    {
        IReadOnlyList<string> directories = StorageDirectories.Of(configuration);
        IReadOnlyList<string> unformatted = StorageDirectories.Unformatted(context.Disk, directories);
        if (unformatted.Count == 0)
        {
            return;
        }

        if (!format)
        {
            throw new StorageException($"{string.Join(", ", unformatted)}: not formatted (there is no meta.properties); run moldau storage format, or start without --no-format");
        }

        // Held for the formatting only: the node takes the locks again for its life.
        using DirectoryLocks locks = DirectoryLocks.Take(context.Disk, directories);
        foreach (string line in NodeFormatter.FormatAtStart(context, configuration, directories, unformatted))
        {
            log.LogInformation("{Line}", line);
        }
    }

    private static Moldau.Configuration.ListenerEndpoint Bound(BoundListener listener) => new(
        listener.Endpoint.Name,
        listener.Endpoint.Host.Length == 0 ? null : listener.Endpoint.Host,
        listener.LocalEndPoint.Port,
        (Moldau.Configuration.SecurityProtocol)listener.Endpoint.SecurityProtocol);
}
