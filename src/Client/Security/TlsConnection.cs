using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>A connection inside TLS.</summary>
internal sealed class TlsConnection : INetworkConnection
{
    private readonly INetworkConnection _inner;
    private readonly SslStream _stream;

    private TlsConnection(INetworkConnection inner, SslStream stream)
    {
        _inner = inner;
        _stream = stream;
    }

    public IPEndPoint LocalEndPoint => _inner.LocalEndPoint;

    public IPEndPoint RemoteEndPoint => _inner.RemoteEndPoint;

    /// <summary>Shakes hands. The connection is disposed when that fails.</summary>
    /// <exception cref="AuthenticationException">A certificate is not taken, or there is no common version or cipher.</exception>
    public static async ValueTask<INetworkConnection> OpenAsync(INetworkConnection inner, string host, TlsOptions options, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new ConnectionStream(inner));
        var verdict = new CertificateVerdict(host, options);
        try
        {
            await stream.AuthenticateAsClientAsync(Options(host, options, verdict), cancellationToken).ConfigureAwait(false);
            return new TlsConnection(inner, stream);
        }
        catch (System.Security.Authentication.AuthenticationException refused)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException(ErrorCode.SaslAuthenticationFailed, $"TLS with {host} at {inner.RemoteEndPoint} failed: {verdict.Refusal ?? Reason(refused)}", refused);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is (IOException and not NetworkException) or ObjectDisposedException)
        {
            throw new NetworkException($"TLS with {RemoteEndPoint} failed: {Reason(failure)}", failure);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is (IOException and not NetworkException) or ObjectDisposedException)
        {
            throw new NetworkException($"TLS with {RemoteEndPoint} failed: {Reason(failure)}", failure);
        }
    }

    public ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken) =>
        throw new NotSupportedException("a client sends no files");

    public void Dispose() => _stream.Dispose();

    /// <summary>What OpenSSL says stands at the bottom: which alert the broker sent, for example.</summary>
    private static string Reason(Exception failure)
    {
        Exception inmost = failure.GetBaseException();
        return inmost.Message.Contains("certificate required", StringComparison.Ordinal) || inmost.Message.Contains("bad certificate", StringComparison.Ordinal)
            ? $"the broker takes no client without a certificate that it trusts (ssl.keystore.*): {inmost.Message}"
            : inmost.Message;
    }

    private static SslClientAuthenticationOptions Options(string host, TlsOptions options, CertificateVerdict verdict) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = options.EnabledProtocols,
        ClientCertificateContext = options.ClientCertificate is { } certificate
            ? SslStreamCertificateContext.Create(certificate, options.ClientCertificateChain, offline: true)
            : null,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => verdict.Takes(certificate as X509Certificate2, chain, errors),
        CertificateChainPolicy = options.TrustedCertificates is { } trusted ? ChainPolicy(trusted) : null,
    };

    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection trusted)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return policy;
    }
}
