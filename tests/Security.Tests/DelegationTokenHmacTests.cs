namespace Moldau.Security.Tests;

/// <summary>Secrets of delegation tokens, with a value that Apache Kafka gave.</summary>
public sealed class DelegationTokenHmacTests
{
    private const string Expected = "bYOmZTpQOVSngHgEmxnEyPr4uaAuGJfcNFNIS2fkeeEq4yPpKNolAD3Gnn2WXDg9iS/XoVaJ7TyVZIhoaT/aRA==";

    [Fact]
    public void The_secret_is_that_of_apache_kafka() =>
        Convert.ToBase64String(DelegationTokenHmac.Compute("token-1", "secret")).ShouldBe(Expected);

    [Fact]
    public void Only_the_secret_itself_is_accepted()
    {
        var secret = Convert.FromBase64String(Expected);
        DelegationTokenHmac.Verify("token-1", "secret", secret).ShouldBeTrue();
        DelegationTokenHmac.Verify("token-2", "secret", secret).ShouldBeFalse();
        DelegationTokenHmac.Verify("token-1", "secret", secret.AsSpan(1)).ShouldBeFalse();
    }
}
