namespace Moldau.Controller;

/// <summary>Where a broker is in its life, as the controller sees it.</summary>
internal enum BrokerState
{
    Fenced,
    Unfenced,
    ControlledShutdown,
    ShutdownNow,
}
