using System.Text;

namespace Moldau.Client;

/// <summary>One header of a record where it lies. Good as long as the record.</summary>
public readonly struct ConsumeHeader
{
    internal ConsumeHeader(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, bool hasValue)
    {
        NameBytes = name;
        Value = value;
        HasValue = hasValue;
    }

    /// <summary>The name, UTF-8.</summary>
    public ReadOnlyMemory<byte> NameBytes { get; }

    /// <summary>The name; makes a string.</summary>
    public string Name => Encoding.UTF8.GetString(NameBytes.Span);

    /// <summary>The value; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>Whether there is a value, which may be empty.</summary>
    public bool HasValue { get; }

    /// <summary>Whether this is its name, without making a string for names of up to 256 bytes.</summary>
    public bool NameEquals(string name)
    {
        const int StackBytesMax = 256;
        var count = Encoding.UTF8.GetByteCount(name);
        if (count != NameBytes.Length)
        {
            return false;
        }

        var bytes = count <= StackBytesMax ? stackalloc byte[count] : new byte[count];
        Encoding.UTF8.GetBytes(name, bytes);
        return NameBytes.Span.SequenceEqual(bytes);
    }
}
