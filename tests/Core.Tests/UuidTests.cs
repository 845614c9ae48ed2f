namespace Moldau.Core.Tests;

/// <summary>Identifiers as bytes and text.</summary>
public class UuidTests
{
    private const int Seed = 20260917;

    [Fact]
    public void Bytes_and_text_lead_back_to_the_same_identifier()
    {
        var random = new Random(Seed);
        Span<byte> bytes = stackalloc byte[Uuid.SizeBytes];
        Span<byte> again = stackalloc byte[Uuid.SizeBytes];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(bytes);
            Uuid uuid = Uuid.Read(bytes);
            uuid.Write(again);
            again.ToArray().ShouldBe(bytes.ToArray(), $"seed {Seed}");
            uuid.ToString().ShouldBe(Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_'), $"seed {Seed}");
            Uuid.Parse(uuid.ToString()).ShouldBe(uuid, $"seed {Seed}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA+/")]
    [InlineData("00000000-0000-0000-0000-000000000001")]
    public void Texts_that_are_no_identifier_are_refused(string text)
    {
        Uuid.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Uuid.Parse(text)).Message.ShouldContain("22 characters");
    }

    [Fact]
    public void Random_identifiers_are_version_4_and_never_begin_with_a_dash()
    {
        var random = new Random(Seed);
        Span<byte> bytes = stackalloc byte[Uuid.SizeBytes];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] |= 0xF8;
            Uuid uuid = Uuid.FromRandom(bytes);
            uuid.ToString()[0].ShouldNotBe('-', $"seed {Seed}");
            ((uuid.MostSignificant >> 12) & 0xF).ShouldBe(4UL);
            (uuid.LeastSignificant >> 62).ShouldBe(2UL);
        }
    }
}
