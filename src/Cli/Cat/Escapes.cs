using System.Globalization;
using System.Text;

namespace Moldau.Cli;

/// <summary>Backslash sequences as kcat reads them: differently in formats (-f) and in delimiters (-D, -K). Pure.</summary>
internal static class Escapes
{
    /// <summary>The text between the tokens of a format: \n \r \t, \xHH, numbers in C's notation; any other character stands for itself.</summary>
    public static byte[] OfFormat(string text)
    {
        var bytes = new List<byte>();
        byte[] source = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 >= source.Length)
            {
                bytes.Add(source[i]);
                continue;
            }

            i++;
            switch (source[i])
            {
                case (byte)'t':
                    bytes.Add((byte)'\t');
                    break;
                case (byte)'n':
                    bytes.Add((byte)'\n');
                    break;
                case (byte)'r':
                    bytes.Add((byte)'\r');
                    break;
                case (byte)'x' when i + 1 < source.Length:
                    i++;
                    Number(source, ref i, isHex: true, bytes);
                    break;
                default:
                    Number(source, ref i, isHex: false, bytes);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A delimiter: \n, \t and \xHH.</summary>
    /// <exception cref="CliException">No hexadecimal number follows \x.</exception>
    public static byte[] OfDelimiter(string option, string text)
    {
        var bytes = new List<byte>();
        byte[] source = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < source.Length; i++)
        {
            char next = source[i] == '\\' && i + 1 < source.Length ? (char)source[i + 1] : '\0';
            if (next is 'n' or 't')
            {
                bytes.Add(next == 'n' ? (byte)'\n' : (byte)'\t');
                i++;
            }
            else if (next == 'x')
            {
                int end = i + 2;
                uint value = 0;
                for (; end < source.Length && char.IsAsciiHexDigit((char)source[end]); end++)
                {
                    value = (value << 4) | Digit(source[end]);
                }

                if (end == i + 2)
                {
                    throw CliException.Usage($"{option} {text}: a hexadecimal number must follow \\x");
                }

                bytes.Add((byte)value);
                i = end - 1;
            }
            else
            {
                bytes.Add(source[i]);
            }
        }

        return [.. bytes];
    }

    /// <summary>A number that begins with a decimal digit, else the character itself. Without \x the notation is C's: 0x…, 0… or decimal.</summary>
    private static void Number(byte[] source, ref int at, bool isHex, List<byte> bytes)
    {
        if (!char.IsAsciiDigit((char)source[at]))
        {
            bytes.Add(source[at]);
            return;
        }

        int start = at;
        uint numberBase = isHex ? 16u : 10u;
        if (source[at] == '0' && at + 2 < source.Length && source[at + 1] is (byte)'x' or (byte)'X' && char.IsAsciiHexDigit((char)source[at + 2]))
        {
            numberBase = 16;
            start = at + 2;
        }
        else if (!isHex && source[at] == '0')
        {
            numberBase = 8;
        }

        uint value = 0;
        int end = start;
        for (; end < source.Length && char.IsAsciiHexDigit((char)source[end]) && Digit(source[end]) < numberBase; end++)
        {
            value = (value * numberBase) + Digit(source[end]);
        }

        bytes.Add((byte)value);
        at = end - 1;
    }

    private static uint Digit(byte digit) => uint.Parse([(char)digit], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
