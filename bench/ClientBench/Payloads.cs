namespace Moldau.ClientBench;

/// <summary>The values that all clients send: the same for each, different from record to record, compressible by about half, as texts are.</summary>
internal static class Payloads
{
    /// <summary>A power of two.</summary>
    public const int Count = 1024;

    public static byte[][] Make(int sizeBytes)
    {
        var random = new Random(1);
        byte[][] values = new byte[Count][];
        for (int i = 0; i < Count; i++)
        {
            values[i] = new byte[sizeBytes];
            for (int at = 0; at < sizeBytes; at++)
            {
                values[i][at] = (byte)('a' + random.Next(16));
            }
        }

        return values;
    }

    /// <summary>One on each line, as Java's tool and the C program read them.</summary>
    public static void Write(string path, int sizeBytes) => File.WriteAllLines(path, Make(sizeBytes).Select(System.Text.Encoding.ASCII.GetString));
}
