using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>What ends a node from within: the first failure counts, everything after it is a consequence. Any thread.</summary>
internal sealed class NodeFailure(ILogger logger)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails with what ended the node: <see cref="DiskException"/>, <see cref="NetworkException"/> or <see cref="InvariantException"/>; ends when the node was stopped.</summary>
    public Task Completion => _completion.Task;

    public bool HasFailed => _completion.Task.IsFaulted;

    /// <summary>Ends the node. Whoever has a use for it disposes it; from here on nothing it does is to be trusted.</summary>
    public void Fail(Exception failure)
    {
        // Whatever else escapes is a bug of ours, which is what a broken invariant is.
        var reason = failure is DiskException or NetworkException or InvariantException ? failure : new InvariantException($"{failure.GetType().Name}: {failure.Message}");
        if (_completion.TrySetException(reason))
        {
            // Nobody may be there to look at the task; the log has it.
            _ = _completion.Task.Exception;
            logger.LogCritical(failure, "the node cannot go on: {Reason}", failure.Message);
        }
    }

    /// <summary>The node was stopped in good order.</summary>
    public void End() => _completion.TrySetResult();

    /// <summary>Waits for a piece of work, or throws what ended the node meanwhile: then the work may never end.</summary>
    public async Task OrFailure(Task work)
    {
        await Task.WhenAny(work, _completion.Task.FollowAsync());
        if (HasFailed)
        {
            await _completion.Task;
        }

        await work;
    }

    /// <summary>Ends the node when a piece of work that goes on all its life fails.</summary>
    public async Task WatchAsync(Task work)
    {
        try
        {
            await work;
        }
#pragma warning disable CA1031 // The failure ends the node.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure);
        }
    }
}
