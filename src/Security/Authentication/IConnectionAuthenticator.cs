namespace Moldau.Security;

/// <summary>The authentication state of one connection. Called by the connection's own loop only, one call at a time.</summary>
public interface IConnectionAuthenticator
{
    /// <summary>
    /// False while the peer still has to authenticate: then only ApiVersions, SaslHandshake and SaslAuthenticate are taken, in small frames.
    /// </summary>
    bool IsAuthenticated { get; }

    /// <summary>Who the connection belongs to; anonymous until it has authenticated.</summary>
    KafkaPrincipal Principal { get; }
}
