using Microsoft.Extensions.Logging;
using Moldau.Configuration;

namespace Moldau.Host;

/// <summary>
/// The one place where a node is put together: the machine's disk and network under the rooms of the engine. Started by <see cref="NodeRun"/>, disposed for a clean stop,
/// in the reverse order of the start.
/// </summary>
internal sealed class NodeComposition : IAsyncDisposable
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DirectoryLocks _locks;

    private NodeComposition(DirectoryLocks locks, IReadOnlyList<ListenerEndpoint> listening)
    {
        _locks = locks;
        Listening = listening;
    }

    /// <summary>The listeners that answer, with the ports that were bound.</summary>
    public IReadOnlyList<ListenerEndpoint> Listening { get; }

    /// <summary>Ends when the node ends by itself; fails with what ended it.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Starts a node and returns when it answers. Throws <see cref="StorageException"/>, <see cref="Moldau.Runtime.DiskException"/> or
    /// <see cref="Moldau.Runtime.NetworkException"/> with a message for the operator.
    /// </summary>
    public static Task<NodeComposition> StartAsync(
        ProgramContext context, NodeConfiguration configuration, ILoggerFactory logging, bool format, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<string> directories = StorageDirectories.Of(configuration);
        DirectoryLocks locks = DirectoryLocks.Take(context.Disk, directories);
        try
        {
            Prepare(context, configuration, logging.CreateLogger("Moldau.Storage"), directories, format);
        }
        catch
        {
            locks.Dispose();
            throw;
        }

        return Task.FromResult(new NodeComposition(locks, []));
    }

    public ValueTask DisposeAsync()
    {
        _completion.TrySetResult();
        _locks.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Prepare(ProgramContext context, NodeConfiguration configuration, ILogger log, IReadOnlyList<string> directories, bool format)
    {
        IReadOnlyList<string> unformatted = StorageDirectories.Unformatted(context.Disk, directories);
        if (unformatted.Count == 0)
        {
            return;
        }

        if (!format)
        {
            throw new StorageException($"{string.Join(", ", unformatted)}: not formatted (there is no meta.properties); run moldau storage format, or start without --no-format");
        }

        foreach (string line in NodeFormatter.FormatAtStart(context, configuration, directories, unformatted))
        {
            log.LogInformation("{Line}", line);
        }
    }
}
