using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>The seams of clients in a host.</summary>
internal static class HostSeams
{
    /// <summary>Options with the host's logging, and the host's clock where one is registered. An application that brings its own <see cref="ClientSeams"/> as a service has them used whole.</summary>
    public static TOptions In<TOptions>(IServiceProvider services, TOptions options)
        where TOptions : ClientOptions
    {
        ClientSeams seams = services.GetService<ClientSeams>() ?? options.Seams with { Time = services.GetService<TimeProvider>() ?? options.Seams.Time };
        return options with { Seams = services.GetService<ILoggerFactory>() is { } logging ? seams with { Logging = logging } : seams };
    }
}
