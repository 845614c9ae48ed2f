using System.Globalization;
using System.Text.Json;

namespace Moldau.Cli;

/// <summary>One value: how programs get it, and how people read it. Immutable.</summary>
internal readonly struct Cell
{
    private enum Kind : byte
    {
        Nothing,
        Text,
        Number,
        Real,
        Flag,
        Numbers,
        Texts,
    }

    private readonly Kind _kind;
    private readonly long _number;
    private readonly object? _value;
    private readonly string? _shown;

    private Cell(Kind kind, long number = 0, object? value = null, string? shown = null, Tone tone = Tone.Plain)
    {
        _kind = kind;
        _number = number;
        _value = value;
        _shown = shown;
        Tone = tone;
    }

    /// <summary>Not known, or not there: null to programs, "-" to people.</summary>
    public static Cell None => default;

    public Tone Tone { get; }

    /// <summary>What people read.</summary>
    public string Shown => _shown ?? _kind switch
    {
        Kind.Nothing => "-",
        Kind.Text => (string)_value!,
        Kind.Number => _number.ToString(CultureInfo.InvariantCulture),
        Kind.Real => BitConverter.Int64BitsToDouble(_number).ToString("0.##", CultureInfo.InvariantCulture),
        Kind.Flag => _number != 0 ? "yes" : "no",
        Kind.Numbers => string.Join(",", (IEnumerable<int>)_value!),
        _ => string.Join(",", (IEnumerable<string>)_value!),
    };

    public static implicit operator Cell(string? text) => text is null ? None : new Cell(Kind.Text, value: text);

    public static implicit operator Cell(long number) => new(Kind.Number, number);

    public static implicit operator Cell(long? number) => number is { } known ? new Cell(Kind.Number, known) : None;

    public static implicit operator Cell(int number) => new(Kind.Number, number);

    public static implicit operator Cell(bool flag) => new(Kind.Flag, flag ? 1 : 0);

    public static Cell Real(double value) => new(Kind.Real, BitConverter.DoubleToInt64Bits(value));

    public static Cell Numbers(IEnumerable<int> numbers) => new(Kind.Numbers, value: numbers.ToArray());

    public static Cell Texts(IEnumerable<string> texts) => new(Kind.Texts, value: texts.ToArray());

    /// <summary>A size: bytes to programs, "1.5 GiB" to people.</summary>
    public static Cell Bytes(long bytes) => new(Kind.Number, bytes, shown: Units.Bytes(bytes));

    /// <summary>A time span: milliseconds to programs, "3 h 20 min" to people.</summary>
    public static Cell Milliseconds(long ms) => new(Kind.Number, ms, shown: Units.Milliseconds(ms));

    /// <summary>A point in time: milliseconds since 1970 to programs, UTC to people; nothing when negative.</summary>
    public static Cell Timestamp(long ms) =>
        ms < 0 ? None : new Cell(Kind.Number, ms, shown: DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    public Cell As(Tone tone) => new(_kind, _number, _value, _shown, tone);

    /// <summary>The same value, which people read as <paramref name="shown"/>.</summary>
    public Cell ShownAs(string shown) => new(_kind, _number, _value, shown, Tone);

    public void WriteTo(Utf8JsonWriter json, string key)
    {
        json.WritePropertyName(key);
        switch (_kind)
        {
            case Kind.Nothing:
                json.WriteNullValue();
                break;
            case Kind.Text:
                json.WriteStringValue((string)_value!);
                break;
            case Kind.Number:
                json.WriteNumberValue(_number);
                break;
            case Kind.Real:
                json.WriteNumberValue(BitConverter.Int64BitsToDouble(_number));
                break;
            case Kind.Flag:
                json.WriteBooleanValue(_number != 0);
                break;
            case Kind.Numbers:
                json.WriteStartArray();
                foreach (int number in (int[])_value!)
                {
                    json.WriteNumberValue(number);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStartArray();
                foreach (string text in (string[])_value!)
                {
                    json.WriteStringValue(text);
                }

                json.WriteEndArray();
                break;
        }
    }
}
