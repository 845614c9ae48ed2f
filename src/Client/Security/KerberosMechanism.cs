using System.Buffers;
using System.Buffers.Binary;
using System.Net.Security;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>GSSAPI (RFC 4752) through the platform's Kerberos, with the ticket that it has. No security layer is asked for: that is TLS's part.</summary>
internal sealed class KerberosMechanism(SaslOptions options, string host) : ISaslMechanism, IDisposable
{
    private const byte NoSecurityLayer = 1;

    private readonly NegotiateAuthentication _context = new(new NegotiateAuthenticationClientOptions
    {
        Package = "Kerberos",
        TargetName = $"{options.KerberosServiceName}/{host}",
        RequiredProtectionLevel = ProtectionLevel.Sign,
    });

    private bool _isDone;

    public ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Step([]));

    public byte[]? Answer(ReadOnlyMemory<byte> challenge)
    {
        if (_isDone)
        {
            return challenge.IsEmpty ? null : ChooseLayer(challenge.Span);
        }

        return Step(challenge.Span);
    }

    public void Dispose() => _context.Dispose();

    private byte[] Step(ReadOnlySpan<byte> token)
    {
        byte[]? say = _context.GetOutgoingBlob(token, out NegotiateAuthenticationStatusCode status);
        _isDone = status == NegotiateAuthenticationStatusCode.Completed;
        return _isDone || status == NegotiateAuthenticationStatusCode.ContinueNeeded
            ? say ?? []
            : throw new AuthenticationException(ErrorCode.SaslAuthenticationFailed, $"Kerberos has no ticket for {options.KerberosServiceName}/{host}: {status}. Is there a ticket (klist)?");
    }

    /// <summary>The broker says what layers it has and how much it takes; the answer is none, and nothing.</summary>
    private byte[] ChooseLayer(ReadOnlySpan<byte> wrapped)
    {
        var offered = new ArrayBufferWriter<byte>();
        if (_context.Unwrap(wrapped, offered, out _) != NegotiateAuthenticationStatusCode.Completed || offered.WrittenCount != sizeof(int))
        {
            throw new AuthenticationException(ErrorCode.SaslAuthenticationFailed, "the broker's offer of security layers cannot be read");
        }

        if ((offered.WrittenSpan[0] & NoSecurityLayer) == 0)
        {
            throw new AuthenticationException(ErrorCode.SaslAuthenticationFailed, "the broker wants a security layer of Kerberos: use SASL_SSL instead");
        }

        Span<byte> choice = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(choice, NoSecurityLayer << 24);
        var answer = new ArrayBufferWriter<byte>();
        _context.Wrap(choice, answer, requestEncryption: false, out _);
        return answer.WrittenSpan.ToArray();
    }
}
