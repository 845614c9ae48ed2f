using System.Text;

namespace Moldau.Records;

/// <summary>A header to write: a key in UTF-8 and a value, which may be null.</summary>
public readonly record struct RecordHeader(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    public RecordHeader(string key, ReadOnlyMemory<byte>? value)
        : this(Encoding.UTF8.GetBytes(key), value)
    {
    }

    public RecordHeader(string key, byte[]? value)
        : this(Encoding.UTF8.GetBytes(key), value is null ? null : (ReadOnlyMemory<byte>?)value)
    {
    }
}
