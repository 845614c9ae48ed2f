using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>A worker as a hosted service.</summary>
internal sealed class WorkerService<THandler>(IServiceScopeFactory scopes, IHostApplicationLifetime host, WorkerOptions options) : BackgroundService
    where THandler : class, IRecordHandler
{
    /// <summary>The worker drains within its own bound; the host's shutdown time-out should be longer.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await new Worker(options, HandleAsync).RunAsync(stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            // A worker that ended by itself has failed: a host without it would look alive, and do nothing.
            if (!stoppingToken.IsCancellationRequested)
            {
                host.StopApplication();
            }
        }
    }

    private async ValueTask HandleAsync(WorkerRecord record, CancellationToken cancellationToken)
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(record, cancellationToken).ConfigureAwait(false);
        }
    }
}
