namespace Moldau.Configuration;

/// <summary>How a listener is secured. The numbers are Kafka's ids, as in registration records.</summary>
public enum SecurityProtocol : short
{
    Plaintext = 0,
    Ssl = 1,
    SaslPlaintext = 2,
    SaslSsl = 3,
}
