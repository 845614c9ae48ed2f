using System.Runtime.CompilerServices;

namespace Moldau.Cli;

/// <summary>Splits a stream at a delimiter. What it hands out is good until the next is asked for.</summary>
internal static class LineReader
{
    private const int FirstBufferBytes = 64 * 1024;

    /// <summary>The longest line: what no broker takes is not gathered in memory.</summary>
    private const int LineBytesMax = 256 * 1024 * 1024;

    /// <summary>The parts between delimiters; the last one also without a delimiter, unless it is empty.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="delimiter">At least one byte.</param>
    /// <param name="onWait">Called before waiting for input, when nothing is left to hand out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> SplitAsync(Stream stream, byte[] delimiter, Action onWait, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] buffer = new byte[FirstBufferBytes];
        int start = 0;
        int end = 0;
        int searched = 0;
        while (true)
        {
            int at = buffer.AsSpan(searched, end - searched).IndexOf(delimiter);
            if (at >= 0)
            {
                int lineEnd = searched + at;
                yield return buffer.AsMemory(start, lineEnd - start);
                start = searched = lineEnd + delimiter.Length;
                continue;
            }

            // A delimiter may lie across the end of what has come so far.
            searched = Math.Max(start, end - delimiter.Length + 1);
            if (end == buffer.Length)
            {
                byte[] larger = start > buffer.Length / 2 ? buffer : new byte[Grown(buffer.Length)];
                buffer.AsSpan(start, end - start).CopyTo(larger);
                (searched, end, start, buffer) = (searched - start, end - start, 0, larger);
            }

            onWait();
            int read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
            {
                if (end > start)
                {
                    yield return buffer.AsMemory(start, end - start);
                }

                yield break;
            }

            end += read;
        }
    }

    private static int Grown(int length) =>
        length < LineBytesMax ? length * 2 : throw CliException.Failed($"a message is longer than {Units.Bytes(LineBytesMax)}", "is the delimiter right?");
}
