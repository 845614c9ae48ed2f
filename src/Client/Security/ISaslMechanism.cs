namespace Moldau.Client;

/// <summary>One mechanism's side of an authentication: bytes in, bytes out. Made for one connection.</summary>
internal interface ISaslMechanism
{
    /// <summary>The first thing the client says.</summary>
    ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Answers a challenge of the broker; null when the client has nothing more to say.</summary>
    /// <exception cref="AuthenticationException">The broker does not prove what it has to.</exception>
    byte[]? Answer(ReadOnlyMemory<byte> challenge);
}
