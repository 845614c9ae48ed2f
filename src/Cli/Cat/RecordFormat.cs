using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Moldau.Cli;

/// <summary>A format string of kcat, read once and used for each record. Immutable.</summary>
internal sealed class RecordFormat
{
    private readonly (char Token, byte[] Text)[] _parts;
    private readonly byte[] _null;

    private RecordFormat((char Token, byte[] Text)[] parts, string nullText)
    {
        _parts = parts;
        _null = Encoding.UTF8.GetBytes(nullText);
    }

    /// <summary>Reads a format: %s %S %R %k %K %T %h %t %p %o %%, and backslash sequences between them.</summary>
    /// <param name="format">The text.</param>
    /// <param name="nullText">What stands for a null key or value.</param>
    /// <exception cref="CliException">A token that there is not.</exception>
    public static RecordFormat Parse(string format, string nullText)
    {
        var parts = new List<(char, byte[])>();
        int at = 0;
        while (at < format.Length)
        {
            int percent = format.IndexOf('%', at);
            int end = percent < 0 ? format.Length : percent;
            if (end > at)
            {
                parts.Add(('\0', Escapes.OfFormat(format[at..end])));
            }

            if (percent < 0)
            {
                break;
            }

            char token = percent + 1 < format.Length ? format[percent + 1] : '\0';
            if ("sSRkKThtpo%".Contains(token, StringComparison.Ordinal) && token != '\0')
            {
                parts.Add(token == '%' ? ('\0', "%"u8.ToArray()) : (token, []));
            }
            else
            {
                throw CliException.Usage(
                    token == '\0' ? $"-f '{format}': a token must follow the last %" : $"-f '{format}': there is no %{token}",
                    "tokens are %s value, %S its length, %R its length in 4 bytes, %k key, %K its length, %T timestamp, %h headers, %t topic, %p partition, %o offset, %% percent");
            }

            at = percent + 2;
        }

        return new RecordFormat([.. parts], nullText);
    }

    /// <summary>Key and value with what separates them.</summary>
    public static RecordFormat Of(byte[]? keyDelimiter, byte[] delimiter, string nullText) =>
        new(keyDelimiter is null ? [('s', []), ('\0', delimiter)] : [('k', []), ('\0', keyDelimiter), ('s', []), ('\0', delimiter)], nullText);

    public void Write(in OutputRecord record, IBufferWriter<byte> output)
    {
        foreach ((char token, byte[] text) in _parts)
        {
            switch (token)
            {
                case '\0':
                    output.Write(text);
                    break;
                case 's':
                    output.Write(record.HasValue && record.Value.Length > 0 ? record.Value : _null);
                    break;
                case 'k':
                    output.Write(record.HasKey && record.Key.Length > 0 ? record.Key : _null);
                    break;
                case 'S':
                    Number(output, record.HasValue ? record.Value.Length : -1);
                    break;
                case 'K':
                    Number(output, record.HasKey ? record.Key.Length : -1);
                    break;
                case 'R':
                    BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), record.HasValue ? record.Value.Length : -1);
                    output.Advance(4);
                    break;
                case 'T':
                    Number(output, record.TimestampMs);
                    break;
                case 'h':
                    WriteHeaders(output, record.Headers);
                    break;
                case 't':
                    WriteText(output, record.Topic);
                    break;
                case 'p':
                    Number(output, record.Partition);
                    break;
                default:
                    Number(output, record.Offset);
                    break;
            }
        }
    }

    /// <summary>name=value,name=value; NULL for a null value.</summary>
    public static void WriteHeaders(IBufferWriter<byte> output, IReadOnlyList<KeyValuePair<string, byte[]?>>? headers)
    {
        for (int i = 0; i < (headers?.Count ?? 0); i++)
        {
            WriteText(output, i > 0 ? "," : "");
            WriteText(output, headers![i].Key);
            WriteText(output, "=");
            output.Write(headers[i].Value ?? "NULL"u8);
        }
    }

    public static void WriteText(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    private static void Number(IBufferWriter<byte> output, long number)
    {
        number.TryFormat(output.GetSpan(20), out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
