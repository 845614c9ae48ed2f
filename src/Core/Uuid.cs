using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Moldau.Core;

/// <summary>
/// The 128-bit identifier of topics, directories and incarnations (KIP-516). On the wire it is 16 bytes, most significant first; as text it is
/// URL-safe base64 without padding, 22 characters. The zero value means "none".
/// </summary>
public readonly record struct Uuid(ulong MostSignificant, ulong LeastSignificant) : IComparable<Uuid>
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 16;

    private const int TextLengthMax = 24;

    /// <summary>No identifier.</summary>
    public static Uuid Zero => default;

    /// <summary>Reserved; it names the metadata topic (KIP-516, KIP-631).</summary>
    public static Uuid MetadataTopic => new(0, 1);

    public bool IsZero => (MostSignificant | LeastSignificant) == 0;

    /// <summary>Reads 16 bytes; the span must hold at least that many.</summary>
    public static Uuid Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    /// <summary>Makes a version 4 identifier of 16 random bytes whose text does not start with '-', as such a name confuses command lines.</summary>
    public static Uuid FromRandom(ReadOnlySpan<byte> random)
    {
        Uuid raw = Read(random);
        ulong most = (raw.MostSignificant & 0xFFFF_FFFF_FFFF_0FFFUL) | 0x4000UL;
        ulong least = (raw.LeastSignificant & 0x3FFF_FFFF_FFFF_FFFFUL) | 0x8000_0000_0000_0000UL;
        return (most >> 58) == 62 ? new Uuid(most ^ (1UL << 58), least) : new Uuid(most, least);
    }

    /// <summary>Reads the text form; padding may be there or not.</summary>
    /// <exception cref="FormatException">The text is not 16 bytes of URL-safe base64.</exception>
    public static Uuid Parse(string text) =>
        TryParse(text, out Uuid uuid) ? uuid : throw new FormatException($"'{text}' is not a uuid: 22 characters of URL-safe base64 are expected");

    /// <summary>Reads the text form; false when it is not 16 bytes of URL-safe base64.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Uuid uuid)
    {
        uuid = default;
        if (text is null || text.Length is < 22 or > TextLengthMax)
        {
            return false;
        }
        int digits = text.Length;
        while (digits > 22 && text[digits - 1] == '=')
        {
            digits--;
        }
        if (digits != 22 || text.Length is 23)
        {
            return false;
        }
        // Two halves and no UInt128: its code cannot be compiled ahead, and every start reads identifiers.
        ulong most = 0;
        ulong least = 0;
        for (int i = 0; i < 22; i++)
        {
            int digit = DigitOf(text[i]);
            if (digit < 0)
            {
                return false;
            }
            // The last digit carries two bits of value; its four spare bits are dropped, as other readers do.
            (int width, int value) = i < 21 ? (6, digit) : (2, digit >> 4);
            most = (most << width) | (least >> (64 - width));
            least = (least << width) | (uint)value;
        }
        uuid = new Uuid(most, least);
        return true;
    }

    /// <summary>Writes 16 bytes; the span must have room for them.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, MostSignificant);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], LeastSignificant);
    }

    /// <summary>Orders by the two halves as signed numbers, which is the order of Kafka's own tools.</summary>
    public int CompareTo(Uuid other)
    {
        int byMost = ((long)MostSignificant).CompareTo((long)other.MostSignificant);
        return byMost != 0 ? byMost : ((long)LeastSignificant).CompareTo((long)other.LeastSignificant);
    }

    public static bool operator <(Uuid left, Uuid right) => left.CompareTo(right) < 0;

    public static bool operator >(Uuid left, Uuid right) => left.CompareTo(right) > 0;

    public static bool operator <=(Uuid left, Uuid right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Uuid left, Uuid right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(22, this, static (text, uuid) =>
    {
        const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        ulong most = uuid.MostSignificant;
        ulong least = uuid.LeastSignificant;
        text[21] = Digits[(int)(least & 3) << 4];
        int width = 2;
        for (int i = 20; i >= 0; i--)
        {
            least = (least >> width) | (most << (64 - width));
            most >>= width;
            text[i] = Digits[(int)(least & 63)];
            width = 6;
        }
    });

    private static int DigitOf(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '-' => 62,
        '_' => 63,
        _ => -1,
    };
}
