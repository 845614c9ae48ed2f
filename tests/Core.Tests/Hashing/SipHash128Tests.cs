namespace Moldau.Core.Tests.Hashing;

public class SipHash128Tests
{
    /// <summary>From the vectors of the algorithm's authors: the key is 00 01 … 0f, the input its own first bytes.</summary>
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(2, "8177228da4a45dc7fca38bdef60affe4")]
    [InlineData(8, "3b62a9ba6258f5610f83e264f31497b4")]
    [InlineData(15, "5493e99933b0a8117e08ec0f97cfc3d9")]
    [InlineData(63, "5150d1772f50834a503e069a973fbd7c")]
    public void The_vectors_of_its_authors_come_out(int length, string expected)
    {
        var input = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var (low, high) = SipHash128.Compute(input, 0x0706050403020100, 0x0f0e0d0c0b0a0908);
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, low);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), high);
        Convert.ToHexStringLower(bytes).ShouldBe(expected);
    }
}
