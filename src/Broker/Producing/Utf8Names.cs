using System.Text;
using Moldau.Core;

namespace Moldau.Broker.Producing;

/// <summary>
/// Texts of names that come again and again: each is decoded once. Names that fall on the same place drive each other out, so that what strangers send costs no memory to keep. Safe for
/// all threads.
/// </summary>
internal sealed class Utf8Names
{
    private const int Places = 4096;

    private readonly Entry?[] _entries = new Entry?[Places];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        ref var entry = ref _entries[Crc32C.Compute(utf8) % Places];
        var known = Volatile.Read(ref entry);
        if (known is null || !utf8.SequenceEqual(known.Utf8))
        {
            known = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
            Volatile.Write(ref entry, known);
        }

        return known.Text;
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
