using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;

namespace Moldau.Broker.Tests;

/// <summary>Request frames that Apache Kafka wrote, and what chance makes of frames. One thread.</summary>
internal sealed class FrameMutator(Random random)
{
    private static readonly int[] Extremes = [int.MaxValue, -1, int.MinValue, 0, 1, 1_000_001, 100 * 1024 * 1024];

    /// <summary>The request frames of the golden data.</summary>
    public static List<byte[]> Golden()
    {
        var frames = new List<byte[]>();
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "frames.jsonl.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("kind").GetString() == "request")
            {
                frames.Add(Convert.FromHexString(json.RootElement.GetProperty("hex").GetString()!));
            }
        }

        return frames;
    }

    /// <summary>A frame of bytes without sense; now and then its size lies too.</summary>
    public byte[] Noise()
    {
        var bytes = new byte[random.Next(5, 300)];
        random.NextBytes(bytes);
        if (random.Next(4) > 0)
        {
            SetSize(bytes);
        }

        return bytes;
    }

    /// <summary>The frame with one to four changes; mostly its size is right again after them.</summary>
    public byte[] Mutate(byte[] frame)
    {
        var bytes = new List<byte>(frame);
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 8; changes--)
        {
            Change(bytes, random.Next(4, bytes.Count));
        }

        byte[] mutated = [.. bytes];
        if (random.Next(8) > 0)
        {
            SetSize(mutated);
        }

        return mutated;
    }

    private void Change(List<byte> bytes, int at)
    {
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                Span<byte> extreme = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(extreme, Extremes[random.Next(Extremes.Length)]);
                for (var i = 0; i < 4 && at + i < bytes.Count; i++)
                {
                    bytes[at + i] = extreme[i];
                }

                break;
            case 4:
                var from = random.Next(4, bytes.Count);
                bytes.InsertRange(at, bytes.GetRange(from, Math.Min(random.Next(1, 50), bytes.Count - from)));
                break;
            default:
                bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                break;
        }
    }

    private static void SetSize(byte[] frame) => BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
}
