using Moldau.Client;

namespace Moldau.Cli;

/// <summary>One invocation of a command over the protocol: the cluster it talks to, and where its answer goes. One thread; nothing is connected to before it is asked for.</summary>
internal sealed partial class Session(CliContext context, IReadOnlyDictionary<string, string> properties, Report report) : IAsyncDisposable
{
    /// <summary>A person waits: long enough for an election, short enough for a wrong address.</summary>
    private const string PatienceMs = "15000";

    private AdminClient? _admin;
    private IReadOnlyDictionary<string, string>? _adminProperties;

    public CliContext Context => context;

    public Report Report => report;

    /// <summary>The client's configuration by Kafka's names, with <c>bootstrap.servers</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties => properties;

    public string BootstrapServers => properties.GetValueOrDefault("bootstrap.servers") ?? properties.GetValueOrDefault("bootstrap.controllers") ?? "";

    public AdminClient Admin => _admin ??= new AdminClient(AdminOptions.FromProperties(WithPatience(_adminProperties ?? properties), context.Seams));

    /// <summary>A consumer or producer is configured so: of its keys the admin client takes those of the connection.</summary>
    public void SetClientProperties(IReadOnlyDictionary<string, string> client) => _adminProperties = ClientProperties.OfConnection(client);

    public async ValueTask DisposeAsync()
    {
        if (_admin is not null)
        {
            await _admin.DisposeAsync();
        }
    }

    private static Dictionary<string, string> WithPatience(IReadOnlyDictionary<string, string> properties)
    {
        var patient = new Dictionary<string, string>(properties, StringComparer.Ordinal);
        if (!patient.ContainsKey("default.api.timeout.ms") && !patient.ContainsKey("request.timeout.ms"))
        {
            patient["default.api.timeout.ms"] = PatienceMs;
            patient["request.timeout.ms"] = PatienceMs;
        }

        return patient;
    }
}
