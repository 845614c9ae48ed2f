using Moldau.Runtime.Os;

namespace Moldau.Client;

/// <summary>What all clients read from properties alike.</summary>
internal static class CommonOptions
{
    public static TOptions Apply<TOptions>(TOptions options, ClientConfigReader config, ClientSeams? seams)
        where TOptions : ClientOptions => options with
        {
            BootstrapServers = config.List("bootstrap.servers"),
            ClientId = config.Text("client.id") ?? "",
            RequestTimeout = config.Milliseconds("request.timeout.ms"),
            RetryBackoff = config.Milliseconds("retry.backoff.ms"),
            RetryBackoffMax = config.Milliseconds("retry.backoff.max.ms"),
            ReconnectBackoff = config.Milliseconds("reconnect.backoff.ms"),
            ReconnectBackoffMax = config.Milliseconds("reconnect.backoff.max.ms"),
            ConnectionSetupTimeout = config.Milliseconds("socket.connection.setup.timeout.ms"),
            ConnectionsMaxIdle = config.Milliseconds("connections.max.idle.ms"),
            MetadataMaxAge = config.Milliseconds("metadata.max.age.ms"),
            Rebootstraps = string.Equals(config.Get<string>("metadata.recovery.strategy"), "rebootstrap", StringComparison.OrdinalIgnoreCase),
            Security = SecurityReader.Read(config, seams ?? options.Seams),
            Seams = seams is { HasNetwork: true } ? seams : (seams ?? new ClientSeams()) with { Network = Network(config) },
        };

    private static OsNetwork Network(ClientConfigReader config) => new(new OsNetworkOptions
    {
        UsesInlineCompletions = false,
        SendBufferBytes = config.Get<int>("send.buffer.bytes"),
        ReceiveBufferBytes = config.Get<int>("receive.buffer.bytes"),
    });
}
