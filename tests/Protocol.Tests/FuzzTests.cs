using System.Buffers.Binary;

namespace Moldau.Protocol.Tests;

/// <summary>Whatever bytes come, a decoder reads them or refuses them with its one exception, and allocates in proportion to them.</summary>
public class FuzzTests
{
    /// <summary>
    /// The dearest bytes there are: a tagged field of two bytes is kept as 24 in a list that doubles, a struct of three as an object with a list.
    /// </summary>
    private const int AllocationFactorMax = 64;

    /// <summary>The exception with its stack trace and text.</summary>
    private const int AllocationBase = 32 * 1024;

    [Fact]
    public void Damaged_messages_are_read_or_refused_within_bounds()
    {
        foreach ((MessageInfo message, short version) in AnyMessage.Versions)
        {
            Random random = TestSeed.For(message.Name, version);
            byte[] valid = AnyMessage.Write(AnyMessage.FromJson(message, RandomMessage.Json(random, message.Name, version), version), version);
            ReadOrRefuse(message, version, valid);
            for (int i = 0; i < TestSeed.FuzzCount; i++)
            {
                ReadOrRefuse(message, version, Damage(random, valid));
            }
        }
    }

    private static void ReadOrRefuse(MessageInfo message, short version, byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            AnyMessage.Read(message, bytes, version, out _);
        }
        catch (ProtocolException)
        {
            // Refused, as it should be; any other exception fails the test with its own text.
        }
        catch (Exception other)
        {
            throw new InvalidOperationException($"{message.Name} {version}, seed {TestSeed.Value}, bytes {Convert.ToHexString(bytes)}", other);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocationBase + ((long)AllocationFactorMax * bytes.Length))
        {
            Assert.Fail($"{message.Name} {version}: {allocated} bytes allocated for {bytes.Length}, seed {TestSeed.Value}, bytes {Convert.ToHexString(bytes)}");
        }
    }

    private static byte[] Damage(Random random, byte[] valid)
    {
        byte[] bytes = random.Next(8) == 0 ? new byte[random.Next(400)] : (byte[])valid.Clone();
        if (bytes.Length == 0)
        {
            return bytes;
        }
        int at = random.Next(bytes.Length);
        switch (random.Next(7))
        {
            case 0:
                return bytes[..at];
            case 1:
                random.NextBytes(bytes);
                break;
            case 2:
                bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)).Fill(0xFF);
                break;
            case 3 when at + 4 <= bytes.Length:
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), random.Next(2) == 0 ? int.MaxValue : random.Next(1_100_000));
                break;
            case 4:
                Array.Resize(ref bytes, bytes.Length + random.Next(2000));
                bytes.AsSpan(at).Fill((byte)random.Next(4));
                break;
            default:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
        }
        return bytes;
    }
}
