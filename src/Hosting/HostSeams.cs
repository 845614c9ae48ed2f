using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>The seams of clients in a host.</summary>
internal static class HostSeams
{
    /// <summary>The host's logging, and the host's clock where one is registered. An application that brings its own <see cref="ClientSeams"/> as a service has them used whole.</summary>
    public static ClientSeams Of(IServiceProvider services) => Over(services, new ClientSeams());

    /// <summary>Options over these seams; what they have themselves is kept where the host has none.</summary>
    public static TOptions In<TOptions>(IServiceProvider services, TOptions options)
        where TOptions : ClientOptions => options with { Seams = Over(services, options.Seams) };

    private static ClientSeams Over(IServiceProvider services, ClientSeams own)
    {
        ClientSeams seams = services.GetService<ClientSeams>() ?? own with { Time = services.GetService<TimeProvider>() ?? own.Time };
        return services.GetService<ILoggerFactory>() is { } logging ? seams with { Logging = logging } : seams;
    }
}
