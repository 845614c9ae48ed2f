namespace Moldau.Broker;

/// <summary>Whom a listener serves; decides which requests it takes.</summary>
public enum ListenerKind
{
    /// <summary>Clients and other brokers.</summary>
    Broker,

    /// <summary>The quorum: other controllers, brokers, and administration that addresses controllers.</summary>
    Controller,
}
