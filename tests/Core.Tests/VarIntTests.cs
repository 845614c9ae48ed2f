namespace Moldau.Core.Tests;

/// <summary>Variable-length integers.</summary>
public class VarIntTests
{
    private const int Seed = 20260917;

    [Fact]
    public void Numbers_of_every_length_are_read_back_and_have_the_size_foretold()
    {
        var random = new Random(Seed);
        Span<byte> buffer = stackalloc byte[VarInt.SizeMax64];
        for (int i = 0; i < 10_000; i++)
        {
            long value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            int size = VarInt.WriteSigned64(buffer, value);
            size.ShouldBe(VarInt.SizeOfSigned64(value));
            VarInt.ReadSigned64(buffer[..size], out long read).ShouldBe(size);
            read.ShouldBe(value, $"seed {Seed}");
            VarInt.ReadSigned64(buffer[..(size - 1)], out _).ShouldBe(0);

            int small = (int)value;
            size = VarInt.WriteSigned32(buffer, small);
            size.ShouldBe(VarInt.SizeOfSigned32(small));
            VarInt.ReadSigned32(buffer[..size], out int readSmall).ShouldBe(size);
            readSmall.ShouldBe(small, $"seed {Seed}");

            size = VarInt.WriteUnsigned32(buffer, (uint)small);
            size.ShouldBe(VarInt.SizeOfUnsigned32((uint)small));
            VarInt.ReadUnsigned32(buffer[..size], out uint unsigned).ShouldBe(size);
            unsigned.ShouldBe((uint)small, $"seed {Seed}");
        }
    }

    [Fact]
    public void A_number_without_an_end_is_refused()
    {
        byte[] endless = [.. Enumerable.Repeat((byte)0xFF, 12)];
        VarInt.ReadUnsigned32(endless, out _).ShouldBe(0);
        VarInt.ReadUnsigned64(endless, out _).ShouldBe(0);
    }
}
