namespace Moldau.Security;

/// <summary>No authentication: everybody is anonymous from the first byte on. Stateless, one for all connections.</summary>
public sealed class PlaintextAuthenticator : IConnectionAuthenticator
{
    public static PlaintextAuthenticator Instance { get; } = new();

    public bool IsAuthenticated => true;

    public KafkaPrincipal Principal => KafkaPrincipal.Anonymous;
}
