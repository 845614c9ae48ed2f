namespace Moldau.Runtime.Os.Tests;

public sealed class OsEntropyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(100_000)]
    public void All_that_was_asked_for_is_random(int sizeBytes)
    {
        var bytes = new byte[sizeBytes];

        new OsEntropy().Fill(bytes);

        // A piece that was left at zero shows as a run that chance gives once in 2^128 times.
        bytes.Chunk(16).Where(chunk => chunk.Length == 16).ShouldAllBe(chunk => chunk.Any(value => value != 0));
    }

    [Fact]
    public void No_two_are_alike()
    {
        var first = new byte[16];
        var second = new byte[16];

        new OsEntropy().Fill(first);
        new OsEntropy().Fill(second);

        first.ShouldNotBe(second);
    }
}
