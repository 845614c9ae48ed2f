using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>A network where nobody listens. It tells when somebody tried again, that is, has taken note of the first failure.</summary>
internal sealed class AbsentNetwork : INetwork
{
    private readonly TaskCompletionSource _triedAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _attempts;

    public Task TriedAgain => _triedAgain.Task;

    public INetworkListener Listen(string host, int port) => throw new NetworkException("nobody listens here");

    public ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _attempts) == 2)
        {
            _triedAgain.SetResult();
        }

        throw new NetworkException($"cannot connect to {host}:{port}: nothing listens there");
    }
}
