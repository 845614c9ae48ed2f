using System.Text;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>The headers of a record where they lie; for <c>foreach</c>. Good as long as the record.</summary>
public struct ConsumeHeaders
{
    private ReadOnlyMemory<byte> _rest;
    private int _left;

    internal ConsumeHeaders(ReadOnlyMemory<byte> bytes, int count)
    {
        _rest = bytes;
        _left = count;
        Current = default;
    }

    /// <summary>The current header.</summary>
    public ConsumeHeader Current { get; private set; }

    /// <summary>Allows foreach.</summary>
    public readonly ConsumeHeaders GetEnumerator() => this;

    /// <summary>Goes to the next header; false after the last.</summary>
    /// <exception cref="KafkaException">The bytes are no header: CORRUPT_MESSAGE.</exception>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        var key = Take(out _);
        var value = Take(out var hasValue);
        Current = new ConsumeHeader(key, value, hasValue);
        return true;
    }

    /// <summary>The value of the last header of that name.</summary>
    public readonly bool TryGet(string name, out ReadOnlyMemory<byte> value)
    {
        value = default;
        var found = false;
        foreach (var header in this)
        {
            if (header.NameEquals(name))
            {
                value = header.Value;
                found = true;
            }
        }

        return found;
    }

    private ReadOnlyMemory<byte> Take(out bool isPresent)
    {
        var read = VarInt.ReadSigned32(_rest.Span, out var length);
        if (read == 0 || length > _rest.Length - read)
        {
            throw new KafkaException(ErrorCode.CorruptMessage, "the headers of a record are malformed");
        }

        isPresent = length >= 0;
        var taken = _rest.Slice(read, Math.Max(length, 0));
        _rest = _rest[(read + taken.Length)..];
        return taken;
    }
}
