using Moldau.Configuration;

namespace Moldau.Broker;

/// <summary>The configured listeners as the connection server binds them.</summary>
public static class ListenerBindings
{
    /// <summary>All listeners of the node, the broker's first. What they speak is judged when they are bound.</summary>
    public static IReadOnlyList<ListenerBinding> Of(NodeConfiguration configuration) =>
    [
        .. configuration.BrokerListeners.Select(listener => Binding(configuration, listener, ListenerKind.Broker, configuration.AdvertisedBrokerListeners)),
        .. configuration.ControllerListeners.Select(listener => Binding(configuration, listener, ListenerKind.Controller, configuration.AdvertisedControllerListeners)),
    ];

    private static ListenerBinding Binding(NodeConfiguration configuration, ListenerEndpoint listener, ListenerKind kind, IReadOnlyList<ListenerEndpoint> advertised)
    {
        ListenerEndpoint? told = advertised.FirstOrDefault(other => other.Name == listener.Name);
        return new ListenerBinding
        {
            Name = listener.Name,
            Host = listener.Host ?? "",
            Port = listener.Port,
            Kind = kind,
            SecurityProtocol = listener.SecurityProtocol,
            IsInterBroker = kind == ListenerKind.Broker && listener.Name == configuration.InterBrokerListenerName && configuration.BrokerListeners.Count > 1,
            AdvertisedHost = told?.Host,
            AdvertisedPort = told?.Port ?? 0,
        };
    }
}
