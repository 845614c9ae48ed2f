using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Moldau.Client;

/// <summary>Whether a broker's certificate is taken, and if not, why, in words that name what to change. One for each handshake.</summary>
internal sealed class CertificateVerdict(string host, TlsOptions options)
{
    /// <summary>Why the certificate was not taken; null when it was, or when none was shown.</summary>
    public string? Refusal { get; private set; }

    public bool Takes(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (!options.VerifiesHostname)
        {
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        Refusal = certificate is null ? "the broker shows no certificate" : $"the broker's certificate, {certificate.Subject}, is not taken: {string.Join("; ", Reasons(certificate, chain, errors))}";
        return false;
    }

    private IEnumerable<string> Reasons(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            yield return $"it is not for {host} but for {Names(certificate)} (connect by a name that it bears; an empty ssl.endpoint.identification.algorithm does not look at names)";
        }

        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || chain is null)
        {
            yield break;
        }

        foreach (X509ChainElement element in chain.ChainElements)
        {
            foreach (X509ChainStatus status in element.ChainElementStatus)
            {
                yield return Reason(element.Certificate, status);
            }
        }
    }

    private string Reason(X509Certificate2 certificate, X509ChainStatus status) => status.Status switch
    {
        X509ChainStatusFlags.NotTimeValid => $"{certificate.Subject} holds from {Time(certificate.NotBefore)} to {Time(certificate.NotAfter)}, and not now",
        X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot =>
            $"{certificate.Issuer}, of which {certificate.Subject} is, is not trusted: {(options.TrustedCertificates is null ? "the system does not have it, and ssl.truststore.* names no other authorities" : "it is not in ssl.truststore.*")}",
        _ => $"{certificate.Subject}: {status.StatusInformation}",
    };

    private static string Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (X509SubjectAlternativeNameExtension alternatives in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(alternatives.EnumerateDnsNames());
            names.AddRange(alternatives.EnumerateIPAddresses().Select(address => address.ToString()));
        }

        return names.Count > 0 ? string.Join(", ", names) : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("u", System.Globalization.CultureInfo.InvariantCulture);
}
