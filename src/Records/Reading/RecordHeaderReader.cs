using Moldau.Core;

namespace Moldau.Records;

/// <summary>Goes over the headers of a record; for <c>foreach</c>. The bytes were checked when the record was read.</summary>
public ref struct RecordHeaderReader
{
    private ReadOnlySpan<byte> _rest;
    private int _left;

    internal RecordHeaderReader(ReadOnlySpan<byte> bytes, int count)
    {
        _rest = bytes;
        _left = count;
        Current = default;
    }

    /// <summary>The current header.</summary>
    public RecordHeaderView Current { get; private set; }

    /// <summary>Allows foreach.</summary>
    public readonly RecordHeaderReader GetEnumerator() => this;

    /// <summary>Goes to the next header; false after the last.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        var key = Take(out _);
        var value = Take(out bool hasValue);
        Current = new RecordHeaderView(key, value, hasValue);
        return true;
    }

    private ReadOnlySpan<byte> Take(out bool isPresent)
    {
        _rest = _rest[VarInt.ReadSigned32(_rest, out int length)..];
        isPresent = length >= 0;
        var taken = _rest[..Math.Max(length, 0)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
