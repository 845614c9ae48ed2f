using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Moldau.Client;
using Moldau.Embedded;

namespace Moldau.Hosting.Tests;

/// <summary>Hosts whose clients reach a node in memory, with a section for each kind of client.</summary>
internal static class Hosts
{
    /// <param name="node">The node.</param>
    /// <param name="consumer">Keys of the section <c>Consumer</c>.</param>
    public static HostApplicationBuilder Builder(MoldauNode node, params (string Key, string Value)[] consumer)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new ClientSeams { Network = node.Network });
        var values = new Dictionary<string, string?>();
        foreach (string section in (string[])["Producer", "Consumer", "Admin"])
        {
            values[section + ":bootstrap.servers"] = node.BootstrapServers;
        }

        foreach ((string key, string value) in consumer)
        {
            // Nested sections are the same as dots.
            values["Consumer:" + key.Replace('.', ':')] = value;
        }

        builder.Configuration.AddInMemoryCollection(values);
        return builder;
    }
}
