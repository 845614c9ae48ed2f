using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Cli;

/// <summary>A client tries for as long as it may to reach a cluster; a person who mistyped an address should not have to wait for that.</summary>
internal static class Reachability
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns once one of the addresses accepts a connection, or when none has said no: what is merely slow is the client's to wait for.</summary>
    /// <exception cref="CliException">Nobody listens there.</exception>
    public static async Task RequireAsync(CliContext context, string servers, CancellationToken cancellationToken)
    {
        List<HostPort> addresses = [];
        foreach (string text in servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            addresses.Add(HostPort.TryParse(text, out HostPort? address) ? address : throw CliException.Usage($"--bootstrap-server {text}: it must be HOST:PORT"));
        }

        using var deadline = new CancellationTokenSource(Patience, context.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string? refused = null;
        while (true)
        {
            foreach (HostPort address in addresses)
            {
                try
                {
                    using INetworkConnection connection = await context.Seams.Network.ConnectAsync(address.Host, address.Port, either.Token);
                    return;
                }
                catch (NetworkException exception)
                {
                    refused = exception.Message;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    ThrowIfRefused(servers, refused);
                    return;
                }
            }

            try
            {
                await Task.Delay(Pause, context.Seams.Time, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                ThrowIfRefused(servers, refused);
                return;
            }
        }
    }

    private static void ThrowIfRefused(string servers, string? refused)
    {
        if (refused is not null)
        {
            throw Failures.Unreachable(servers, refused);
        }
    }
}
