using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Moldau.Configuration;

namespace Moldau.Client.Tests;

public class KeyMaterialTests
{
    private const string Password = "changeit";

    // Which moment is of no matter: only reading is asked for.
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static readonly RSA Key = RSA.Create(2048);

    private static readonly string Certificate = Make().ExportCertificatePem();

    private static string Plain => Key.ExportPkcs8PrivateKeyPem();

    private static string Encrypted => Key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048));

    [Fact]
    public void A_key_in_the_value_is_read() => Read(("ssl.keystore.key", Plain), ("ssl.keystore.certificate.chain", Certificate)).HasPrivateKey.ShouldBeTrue();

    [Fact]
    public void An_encrypted_key_is_read_with_its_password() =>
        Read(("ssl.keystore.key", Encrypted), ("ssl.keystore.certificate.chain", Certificate), ("ssl.key.password", Password)).HasPrivateKey.ShouldBeTrue();

    [Fact]
    public void An_encrypted_key_of_a_file_is_read_with_its_password() => InFile(
        Encrypted + Environment.NewLine + Certificate,
        file => Read(("ssl.keystore.type", "PEM"), ("ssl.keystore.location", file), ("ssl.key.password", Password)).HasPrivateKey.ShouldBeTrue());

    [Fact]
    public void A_wrong_password_of_a_key_is_named_and_not_told()
    {
        string message = Refused(("ssl.keystore.key", Encrypted), ("ssl.keystore.certificate.chain", Certificate), ("ssl.key.password", "guess"));
        message.ShouldContain("ssl.keystore.key");
        message.ShouldContain("ssl.key.password");
        message.ShouldNotContain("guess");
    }

    [Fact]
    public void An_encrypted_key_without_a_password_asks_for_one() =>
        Refused(("ssl.keystore.key", Encrypted), ("ssl.keystore.certificate.chain", Certificate)).ShouldContain("ssl.key.password must be set");

    [Fact]
    public void A_password_of_a_key_that_is_not_encrypted_is_refused() =>
        Refused(("ssl.keystore.key", Plain), ("ssl.keystore.certificate.chain", Certificate), ("ssl.key.password", Password)).ShouldContain("ENCRYPTED PRIVATE KEY");

    [Fact]
    public void A_key_without_its_certificate_is_refused() => Refused(("ssl.keystore.key", Plain)).ShouldContain("ssl.keystore.certificate.chain");

    [Fact]
    public void A_store_with_another_password_is_named() => InFile(Make().Export(X509ContentType.Pkcs12, Password), file =>
    {
        Read(("ssl.keystore.type", "PKCS12"), ("ssl.keystore.location", file), ("ssl.keystore.password", Password)).HasPrivateKey.ShouldBeTrue();
        string message = Refused(("ssl.keystore.type", "PKCS12"), ("ssl.keystore.location", file), ("ssl.keystore.password", "guess"));
        message.ShouldContain($"ssl.keystore.location={file}");
        message.ShouldContain("ssl.keystore.password");
        message.ShouldNotContain("guess");
    });

    [Fact]
    public void A_file_that_is_not_there_is_named() => Refused(("ssl.truststore.type", "PEM"), ("ssl.truststore.location", "/no/such/ca.pem")).ShouldContain("ssl.truststore.location=/no/such/ca.pem");

    [Fact]
    public void Authorities_that_are_no_certificates_are_refused() => Refused(("ssl.truststore.type", "PEM"), ("ssl.truststore.certificates", "nonsense")).ShouldContain("truststore");

    private static X509Certificate2 Make() => new CertificateRequest("CN=client", Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Start, Start.AddYears(100));

    private static string Refused(params (string Key, string Value)[] properties) => Should.Throw<ConfigurationException>(() => Read(properties)).Message;

    private static X509Certificate2 Read(params (string Key, string Value)[] properties) =>
        AdminOptions.FromProperties(properties.Append(("bootstrap.servers", "h:1")).Append(("security.protocol", "SSL")).Select(property => KeyValuePair.Create(property.Item1, property.Item2)))
            .Security.Tls.ClientCertificate!;

    private static void InFile(string text, Action<string> use) => InFile(System.Text.Encoding.UTF8.GetBytes(text), use);

    private static void InFile(byte[] bytes, Action<string> use)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            use(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
