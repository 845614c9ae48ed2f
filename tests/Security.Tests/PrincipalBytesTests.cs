using Moldau.Protocol;

namespace Moldau.Security.Tests;

/// <summary>Principals in envelopes, with bytes that Apache Kafka wrote.</summary>
public sealed class PrincipalBytesTests
{
    [Theory]
    [InlineData("alice", false, "0000055573657206616C6963650000")]
    [InlineData("", true, "00000555736572010100")]
    public void A_principal_has_the_bytes_of_apache_kafka(string name, bool withToken, string hex)
    {
        var principal = new KafkaPrincipal(KafkaPrincipal.UserType, name, withToken);
        Convert.ToHexString(PrincipalBytes.Write(principal)).ShouldBe(hex);
        PrincipalBytes.Read(Convert.FromHexString(hex)).ShouldBe(principal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("0001055573657206616C6963650000")]
    public void Bytes_that_are_no_principal_are_refused(string hex) =>
        Should.Throw<ProtocolException>(() => PrincipalBytes.Read(Convert.FromHexString(hex)));
}
