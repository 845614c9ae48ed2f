using Moldau.Core.Scram;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Authenticates a connection by SaslHandshake and SaslAuthenticate (KIP-43, KIP-152, KIP-368).</summary>
internal static class SaslAuthentication
{
    /// <summary>The handshake's version that puts what follows into frames of its own.</summary>
    private const short HandshakeVersion = 1;

    /// <summary>A new connection is made when this share of a session has passed, before the broker closes the old one.</summary>
    private const double SessionShare = 0.85;

    /// <summary>Returns when the connection should not be used any more, as a timestamp of the client's clock.</summary>
    /// <exception cref="AuthenticationException">The broker does not have the mechanism, or refuses this client.</exception>
    public static async Task<long> RunAsync(BrokerConnection connection, ClientOptions options, string host, CancellationToken cancellationToken)
    {
        SaslOptions sasl = options.Security.Sasl ?? throw new AuthenticationException(ErrorCode.SaslAuthenticationFailed, $"security.protocol is {options.Security.Protocol}, and nothing says who this client is: set Security.Sasl");
        ISaslMechanism mechanism = Mechanism(sasl, options.Seams, host);
        using var resources = mechanism as IDisposable;
        SaslHandshakeResponse handshake = await connection.CallAsync<SaslHandshakeResponse>(
            new SaslHandshakeRequest { Mechanism = sasl.Mechanism }, HandshakeVersion, options.ConnectionSetupTimeout, cancellationToken).ConfigureAwait(false);
        if (handshake.ErrorCode != ErrorCode.None)
        {
            throw new AuthenticationException(handshake.ErrorCode, $"the broker does not have {sasl.Mechanism}: it has {string.Join(", ", handshake.Mechanisms)}");
        }

        byte[]? say = await mechanism.BeginAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            SaslAuthenticateResponse answer = await connection.CallAsync<SaslAuthenticateResponse>(
                new SaslAuthenticateRequest { AuthBytes = say }, options.ConnectionSetupTimeout, cancellationToken).ConfigureAwait(false);
            if (answer.ErrorCode != ErrorCode.None)
            {
                throw new AuthenticationException(answer.ErrorCode, $"the broker refuses {sasl}: {answer.ErrorMessage ?? answer.ErrorCode.Message()}");
            }

            say = mechanism.Answer(answer.AuthBytes);
            if (say is null)
            {
                TimeProvider time = options.Seams.Time;
                return answer.SessionLifetimeMs <= 0 ? long.MaxValue : time.GetTimestamp() + (long)(answer.SessionLifetimeMs * SessionShare * time.TimestampFrequency / 1000);
            }
        }
    }

    private static ISaslMechanism Mechanism(SaslOptions options, ClientSeams seams, string host) => options.Mechanism switch
    {
        "PLAIN" => new PlainMechanism(options),
        "OAUTHBEARER" => new OAuthBearerMechanism(options),
        "GSSAPI" => new KerberosMechanism(options, host),
        _ => ScramMechanism.TryFind(options.Mechanism, out ScramMechanism? scram)
            ? new ScramClient(scram, options, seams.Entropy)
            : throw new AuthenticationException(
                ErrorCode.UnsupportedSaslMechanism,
                $"there is no SASL mechanism {options.Mechanism}: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER and GSSAPI are there"),
    };
}
