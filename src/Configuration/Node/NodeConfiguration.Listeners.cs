namespace Moldau.Configuration;

/// <summary>Where the node listens, and what it tells others of that.</summary>
public sealed partial class NodeConfiguration
{
    /// <summary>All listeners of this node: the broker's and the controller's.</summary>
    public IReadOnlyList<ListenerEndpoint> Listeners { get; private set; } = [];

    /// <summary>The listeners that clients and brokers use.</summary>
    public IReadOnlyList<ListenerEndpoint> BrokerListeners { get; private set; } = [];

    /// <summary>The listeners of the controller role on this node; empty on a node that is broker only.</summary>
    public IReadOnlyList<ListenerEndpoint> ControllerListeners { get; private set; } = [];

    /// <summary>controller.listener.names in capitals; the first is the one that brokers use.</summary>
    public IReadOnlyList<string> ControllerListenerNames { get; private set; } = [];

    /// <summary>What the broker advertises; a host of null must be replaced by the machine's canonical name, a port of 0 by the port that was bound.</summary>
    public IReadOnlyList<ListenerEndpoint> AdvertisedBrokerListeners { get; private set; } = [];

    /// <summary>What the controller advertises, in the order of <see cref="ControllerListenerNames"/>.</summary>
    public IReadOnlyList<ListenerEndpoint> AdvertisedControllerListeners { get; private set; } = [];

    /// <summary>Each listener name's security protocol, the implied ones of controller listeners included.</summary>
    public IReadOnlyDictionary<string, SecurityProtocol> ListenerSecurityProtocols { get; private set; } = new Dictionary<string, SecurityProtocol>();

    /// <summary>The listener that brokers use among each other.</summary>
    public string InterBrokerListenerName { get; private set; } = "";

    private void ReadListeners()
    {
        ControllerListenerNames = [.. List("controller.listener.names").Select(name => name.ToUpperInvariant())];
        var listeners = (string[])Required("listeners");
        ListenerSecurityProtocols = SecurityProtocols(listeners);
        Listeners = ListenerParser.Endpoints(listeners, "listeners", ListenerSecurityProtocols, requireDistinctPorts: true);
        BrokerListeners = [.. Listeners.Where(l => !ControllerListenerNames.Contains(l.Name))];
        ControllerListeners = [.. Listeners.Where(l => ControllerListenerNames.Contains(l.Name))];
        IReadOnlyList<ListenerEndpoint> advertised = Value("advertised.listeners") is string[] entries
            ? ListenerParser.Endpoints(entries, "advertised.listeners", ListenerSecurityProtocols, requireDistinctPorts: false)
            : Listeners;
        AdvertisedBrokerListeners = [.. advertised.Where(l => !ControllerListenerNames.Contains(l.Name))];
        AdvertisedControllerListeners =
        [
            .. ControllerListenerNames
                .Select(name => advertised.FirstOrDefault(l => l.Name == name) ?? ControllerListeners.FirstOrDefault(l => l.Name == name))
                .OfType<ListenerEndpoint>(),
        ];
        InterBrokerListenerName = InterBrokerListener();
    }

    private string InterBrokerListener()
    {
        if (TextOrNull("inter.broker.listener.name") is not { } name)
        {
            string protocol = Text("security.inter.broker.protocol");
            ListenerParser.Protocol(protocol, "security.inter.broker.protocol");
            return protocol.ToUpperInvariant();
        }

        if (StaticProperties.ContainsKey("security.inter.broker.protocol"))
        {
            throw new ConfigurationException("Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.");
        }

        name = name.ToUpperInvariant();
        return ListenerSecurityProtocols.ContainsKey(name)
            ? name
            : throw new ConfigurationException(
                $"Listener with name {name} defined in inter.broker.listener.name not found in listener.security.protocol.map.");
    }

    /// <summary>Where no map is given and nothing names SSL or SASL, controller listeners count as PLAINTEXT.</summary>
    private Dictionary<string, SecurityProtocol> SecurityProtocols(string[] listeners)
    {
        const string Key = "listener.security.protocol.map";
        var protocols = new Dictionary<string, SecurityProtocol>(StringComparer.Ordinal);
        foreach ((string name, string protocol) in ListenerParser.Map(Text(Key), Key))
        {
            protocols[name.ToUpperInvariant()] = ListenerParser.Protocol(protocol, Key);
        }

        static bool IsSecure(string name) => name is "SSL" or "SASL_SSL" or "SASL_PLAINTEXT";
        bool secure = ControllerListenerNames.Any(IsSecure) || listeners.Any(l => IsSecure(l.Split(':')[0].ToUpperInvariant()));
        if (!EffectiveProperties.ContainsKey(Key) && !secure)
        {
            foreach (string name in ControllerListenerNames)
            {
                protocols.TryAdd(name, SecurityProtocol.Plaintext);
            }
        }

        return protocols;
    }
}
