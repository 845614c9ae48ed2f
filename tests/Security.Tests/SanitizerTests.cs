namespace Moldau.Security.Tests;

/// <summary>Names made safe, with values that Apache Kafka gave.</summary>
public sealed class SanitizerTests
{
    [Theory]
    [InlineData("alice", "alice", "alice")]
    [InlineData("CN=a,OU=b", "CN%3Da%2COU%3Db", "\"CN=a,OU=b\"")]
    [InlineData("*", "%2A", "\"\\*\"")]
    [InlineData("a b", "a%20b", "a b")]
    [InlineData("a+b", "a%2Bb", "\"a+b\"")]
    [InlineData("é", "%C3%A9", "\"é\"")]
    public void A_name_is_encoded_quoted_and_read_back(string name, string sanitized, string quoted)
    {
        Sanitizer.Sanitize(name).ShouldBe(sanitized);
        Sanitizer.Quote(name).ShouldBe(quoted);
        Sanitizer.TryDesanitize(sanitized, out var back).ShouldBeTrue();
        back.ShouldBe(name);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%2")]
    [InlineData("a%zz")]
    public void A_broken_escape_is_refused(string sanitized) => Sanitizer.TryDesanitize(sanitized, out _).ShouldBeFalse();
}
