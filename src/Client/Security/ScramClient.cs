using System.Security.Cryptography;
using System.Text;
using Moldau.Core.Scram;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>The client's side of SCRAM (RFC 5802, KIP-84, KIP-48): proves that it knows the password, and has the broker prove that it knows the credential.</summary>
internal sealed class ScramClient(ScramMechanism mechanism, SaslOptions options, IEntropy entropy) : ISaslMechanism
{
    private const int NonceBytes = 24;
    private ScramClientFirst? _first;
    private byte[]? _serverSignature;

    public ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken)
    {
        byte[] nonce = new byte[NonceBytes];
        entropy.Fill(nonce);
        _first = ScramClientFirst.Create(options.Username, Convert.ToHexString(nonce), options.IsDelegationToken);
        return ValueTask.FromResult(Encoding.UTF8.GetBytes(_first.ToString()));
    }

    public byte[]? Answer(ReadOnlyMemory<byte> challenge)
    {
        if (_serverSignature is not null)
        {
            Check(challenge.Span, _serverSignature);
            return null;
        }

        if (!ScramServerFirst.TryParse(challenge.Span, out ScramServerFirst? server) || !server.Nonce.StartsWith(_first!.Nonce, StringComparison.Ordinal))
        {
            throw Refused("its first message is malformed, or answers somebody else");
        }

        // Fewer iterations would let whoever listens guess the password: the broker is not believed (RFC 7677).
        if (server.Iterations < mechanism.IterationsMin)
        {
            throw Refused($"it asks for {server.Iterations} iterations, which are fewer than {mechanism.IterationsMin}");
        }

        ScramClientFinal final = ScramClientFinal.Create(_first, server.Nonce);
        byte[] salted = ScramKeys.SaltedPassword(mechanism, options.Password, server.Salt.Span, server.Iterations);
        byte[] signed = ScramKeys.AuthMessage(_first, server, final);
        _serverSignature = ScramKeys.ServerSignature(mechanism, ScramKeys.ServerKey(mechanism, salted), signed);
        return Encoding.UTF8.GetBytes(final.With(ScramKeys.ClientProof(mechanism, ScramKeys.ClientKey(mechanism, salted), signed)).ToString());
    }

    private void Check(ReadOnlySpan<byte> message, byte[] expected)
    {
        if (!ScramServerFinal.TryParse(message, out ScramServerFinal? final))
        {
            throw Refused("its last message is malformed");
        }

        if (final.Error is not null)
        {
            throw Refused($"it refuses: {final.Error}");
        }

        if (!CryptographicOperations.FixedTimeEquals(final.Signature.Span, expected))
        {
            throw Refused("it does not know the credential: its signature is wrong");
        }
    }

    private AuthenticationException Refused(string why) => new(ErrorCode.SaslAuthenticationFailed, $"{mechanism} with the broker failed for {options.Username}: {why}");
}
