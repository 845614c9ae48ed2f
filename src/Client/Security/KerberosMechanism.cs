using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using Moldau.Protocol;
using Moldau.Runtime;
using Moldau.Runtime.Os;

namespace Moldau.Client;

/// <summary>GSSAPI (RFC 4752) through the platform's Kerberos, with the ticket or the keytab that it has. No security layer is asked for: that is TLS's part.</summary>
internal sealed class KerberosMechanism(SaslOptions options, string host) : ISaslMechanism, IDisposable
{
    private const byte NoSecurityLayer = 1;

    private readonly NegotiateAuthentication _context = new(new NegotiateAuthenticationClientOptions
    {
        Package = "Kerberos",
        // Of a name without a password the platform takes no notice.
        Credential = options.Password.Length == 0 ? CredentialCache.DefaultNetworkCredentials : new NetworkCredential(options.Username, options.Password),
        TargetName = $"{options.KerberosServiceName}/{host}",
        RequireMutualAuthentication = true,
        RequiredProtectionLevel = ProtectionLevel.Sign,
    });

    private Task<byte[]>? _beginning;
    private bool _isEstablished;
    private bool _hasChosen;

    private string Service => $"{options.KerberosServiceName}/{host}";

    /// <summary>The platform may ask its KDC, which blocks, so it does that on a worker; who gives up leaves it there.</summary>
    public async ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken)
    {
        _beginning = new OsWorkers().CallAsync(() => Step([]));
        return await _beginning.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public byte[]? Answer(ReadOnlyMemory<byte> challenge)
    {
        if (_hasChosen)
        {
            return challenge.IsEmpty ? null : throw Failed("the broker goes on after its last word");
        }

        return _isEstablished ? ChooseLayer(challenge.Span) : Step(challenge.Span);
    }

    public void Dispose()
    {
        if (_beginning is { IsCompleted: false } late)
        {
            _ = late.ContinueWith(static (_, context) => ((NegotiateAuthentication)context!).Dispose(), _context, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return;
        }

        _context.Dispose();
    }

    private byte[] Step(ReadOnlySpan<byte> token)
    {
        byte[]? say = _context.GetOutgoingBlob(token, out NegotiateAuthenticationStatusCode status);
        _isEstablished = status == NegotiateAuthenticationStatusCode.Completed;
        return _isEstablished || status == NegotiateAuthenticationStatusCode.ContinueNeeded ? say ?? [] : throw Refused(status);
    }

    /// <summary>The broker says what layers it has and how much it takes; the answer is none, and nothing.</summary>
    private byte[] ChooseLayer(ReadOnlySpan<byte> wrapped)
    {
        var offered = new ArrayBufferWriter<byte>();
        if (_context.Unwrap(wrapped, offered, out _) != NegotiateAuthenticationStatusCode.Completed || offered.WrittenCount != sizeof(int))
        {
            throw Failed("the broker's offer of security layers cannot be read");
        }

        if ((offered.WrittenSpan[0] & NoSecurityLayer) == 0)
        {
            throw Failed("the broker wants a security layer of Kerberos, which this client does not have: use SASL_SSL instead");
        }

        Span<byte> choice = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(choice, NoSecurityLayer << 24);
        var answer = new ArrayBufferWriter<byte>();
        if (_context.Wrap(choice, answer, requestEncryption: false, out _) != NegotiateAuthenticationStatusCode.Completed)
        {
            throw Failed("the answer to the broker's offer of security layers cannot be signed");
        }

        _hasChosen = true;
        return answer.WrittenSpan.ToArray();
    }

    /// <summary>The platform tells one of few codes, and keeps what its Kerberos said: the likely reasons, and how to see the real one.</summary>
    private AuthenticationException Refused(NegotiateAuthenticationStatusCode status) => Failed(status switch
    {
        NegotiateAuthenticationStatusCode.UnknownCredentials when options.Password.Length > 0 =>
            $"the KDC gives {options.Username} no ticket: the name or the password is wrong, or it does not answer",
        NegotiateAuthenticationStatusCode.UnknownCredentials =>
            "there are no credentials: get a ticket (kinit, klist shows it), or name a keytab in the environment (KRB5_CLIENT_KTNAME) and see that its KDC answers",
        NegotiateAuthenticationStatusCode.CredentialsExpired => "the ticket has expired (klist): get a new one (kinit)",
        NegotiateAuthenticationStatusCode.Unsupported => "the platform has no Kerberos: libgssapi_krb5.so.2 is needed (Debian: libgssapi-krb5-2)",
        NegotiateAuthenticationStatusCode.TargetUnknown => $"the realm knows no service {Service}: sasl.kerberos.service.name and the name that the broker advertises make it",
        _ => $"{status}: the ticket has expired (klist), or the realm has no service {Service} (kvno {Service}; sasl.kerberos.service.name and the name that the broker advertises make it), "
            + "or clocks differ, or its KDC does not answer; KRB5_TRACE=/dev/stderr shows which",
    });

    private AuthenticationException Failed(string why) => new(ErrorCode.SaslAuthenticationFailed, $"Kerberos with {Service} failed: {why}");
}
