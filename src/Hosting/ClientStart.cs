using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Moldau.Hosting;

/// <summary>Makes a client when the host starts, so that options that cannot be stop the start, and not the first message. It connects to nothing.</summary>
internal sealed class ClientStart<T>(IServiceProvider services, object? serviceKey) : IHostedService
    where T : class
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = services.GetRequiredKeyedService<T>(serviceKey);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
