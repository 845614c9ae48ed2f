namespace Moldau.Protocol;

/// <summary>On which kinds of listener an API is served.</summary>
[Flags]
public enum ApiListeners
{
    None = 0,
    Broker = 1,
    Controller = 2,
}
