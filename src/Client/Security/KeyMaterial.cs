using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>Reads keys and certificates of <c>ssl.keystore.*</c> and <c>ssl.truststore.*</c>: PEM in a file or in the value itself (KIP-651), or PKCS #12.</summary>
internal static class KeyMaterial
{
    private const string Jks = "A JKS file must be made PKCS12 first: keytool -importkeystore -deststoretype pkcs12";

    /// <summary>The authorities that are trusted; null leaves it to the system.</summary>
    public static X509Certificate2Collection? Trusted(ClientConfigReader config)
    {
        var certificates = new X509Certificate2Collection();
        if (config.Text("ssl.truststore.certificates") is { } pem)
        {
            Try("ssl.truststore.certificates", "It must be certificates in PEM.", () => certificates.ImportFromPem(pem));
        }
        else if (config.Text("ssl.truststore.location") is { } file)
        {
            if (IsPem(config, "ssl.truststore.type"))
            {
                Try($"ssl.truststore.location={file}", "It must be certificates in PEM.", () => certificates.ImportFromPemFile(file));
            }
            else
            {
                Try($"ssl.truststore.location={file}", $"Is ssl.truststore.password right? {Jks}", () => certificates.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(file, config.Text("ssl.truststore.password"))));
            }
        }
        else
        {
            return null;
        }

        return certificates.Count > 0 ? certificates : throw new ConfigurationException("the truststore has no certificate in it");
    }

    /// <summary>The client's own certificate with its key, and those between it and its root; nulls when there is none.</summary>
    public static (X509Certificate2? Certificate, X509Certificate2Collection? Chain) Own(ClientConfigReader config)
    {
        string? password = config.Text("ssl.key.password");
        if (config.Text("ssl.keystore.key") is { } key)
        {
            string pem = config.Text("ssl.keystore.certificate.chain") ?? throw new ConfigurationException("ssl.keystore.key is set, and ssl.keystore.certificate.chain is not: both are needed");
            return FromPem("ssl.keystore.key", pem, key, password);
        }

        if (config.Text("ssl.keystore.location") is not { } file)
        {
            return (null, null);
        }

        if (IsPem(config, "ssl.keystore.type"))
        {
            return Get($"ssl.keystore.location={file}", PemHint(password), () =>
            {
                X509Certificate2 certificate = password is null ? X509Certificate2.CreateFromPemFile(file) : X509Certificate2.CreateFromEncryptedPemFile(file, password);
                var all = new X509Certificate2Collection();
                all.ImportFromPemFile(file);
                return Split(certificate, all);
            });
        }

        X509Certificate2Collection store = Get(
            $"ssl.keystore.location={file}", $"Is ssl.keystore.password right? {Jks}", () => X509CertificateLoader.LoadPkcs12CollectionFromFile(file, config.Text("ssl.keystore.password")));
        X509Certificate2 own = store.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new ConfigurationException($"ssl.keystore.location={file} has no private key in it");
        return Split(own, store);
    }

    private static (X509Certificate2? Certificate, X509Certificate2Collection? Chain) FromPem(string what, string chain, string key, string? password) => Get(what, PemHint(password), () =>
    {
        X509Certificate2 certificate = password is null ? X509Certificate2.CreateFromPem(chain, key) : X509Certificate2.CreateFromEncryptedPem(chain, key, password);
        var all = new X509Certificate2Collection();
        all.ImportFromPem(chain);
        return Split(certificate, all);
    });

    private static (X509Certificate2? Certificate, X509Certificate2Collection? Chain) Split(X509Certificate2 own, X509Certificate2Collection all) =>
        (own, [.. all.Where(certificate => certificate.Thumbprint != own.Thumbprint)]);

    /// <summary>Kafka's default is JKS, which its own reader takes PKCS #12 for as well; a real JKS file cannot be read here, and says so when it is opened.</summary>
    private static bool IsPem(ClientConfigReader config, string typeKey) => config.Get<string>(typeKey).ToUpperInvariant() switch
    {
        "PEM" => true,
        "PKCS12" or "JKS" => false,
        var other => throw new ConfigurationException($"{typeKey} is {other}: PEM and PKCS12 can be read"),
    };

    private static string PemHint(string? password) => password is null
        ? "It must be a private key in PEM; of an encrypted one, ssl.key.password must be set."
        : "It must be an encrypted private key in PEM (PKCS #8: BEGIN ENCRYPTED PRIVATE KEY), and ssl.key.password its password.";

    private static void Try(string what, string hint, Action read) => Get(what, hint, () =>
    {
        read();
        return true;
    });

    private static T Get<T>(string what, string hint, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException wrong)
        {
            throw new ConfigurationException($"{what} cannot be read: {wrong.Message} {hint}");
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{what} cannot be read: {missing.Message}");
        }
    }
}
