using System.Buffers;
using System.Globalization;
using System.Text;

namespace Moldau.Cli;

/// <summary>Records as kafka-console-consumer prints them, by the properties of its default formatter. Immutable.</summary>
internal sealed class ConsoleFormat
{
    private static readonly string[] Known =
    [
        "print.key", "print.value", "print.timestamp", "print.offset", "print.partition", "print.headers", "print.topic", "key.separator", "line.separator", "headers.separator", "null.literal",
    ];

    private readonly IReadOnlyDictionary<string, string> _properties;
    private readonly byte[] _keySeparator;
    private readonly byte[] _lineSeparator;
    private readonly byte[] _headersSeparator;
    private readonly byte[] _null;

    /// <exception cref="CliException">A property that there is not.</exception>
    public ConsoleFormat(IReadOnlyDictionary<string, string> properties)
    {
        foreach (string key in properties.Keys)
        {
            if (!Known.Contains(key, StringComparer.Ordinal))
            {
                throw CliException.Usage($"--property {key}: it must be one of {string.Join(", ", Known)}");
            }
        }

        _properties = properties;
        _keySeparator = Text("key.separator", "\t");
        _lineSeparator = Text("line.separator", "\n");
        _headersSeparator = Text("headers.separator", ",");
        _null = Text("null.literal", "null");
    }

    public void Write(in OutputRecord record, IBufferWriter<byte> output)
    {
        bool isFirst = true;
        if (Is("print.timestamp"))
        {
            Next(output, ref isFirst);
            Text(output, record.TimestampMs < 0 ? "NO_TIMESTAMP" : string.Create(CultureInfo.InvariantCulture, $"{(record.IsLogAppendTime ? "LogAppendTime" : "CreateTime")}:{record.TimestampMs}"));
        }

        if (Is("print.topic"))
        {
            Next(output, ref isFirst);
            Text(output, record.Topic);
        }

        if (Is("print.partition"))
        {
            Next(output, ref isFirst);
            Text(output, string.Create(CultureInfo.InvariantCulture, $"Partition:{record.Partition}"));
        }

        if (Is("print.offset"))
        {
            Next(output, ref isFirst);
            Text(output, string.Create(CultureInfo.InvariantCulture, $"Offset:{record.Offset}"));
        }

        if (Is("print.headers"))
        {
            Next(output, ref isFirst);
            WriteHeaders(output, record.Headers);
        }

        if (Is("print.key"))
        {
            Next(output, ref isFirst);
            output.Write(record.HasKey ? record.Key : _null);
        }

        if (Is("print.value", unless: true))
        {
            Next(output, ref isFirst);
            output.Write(record.HasValue ? record.Value : _null);
        }

        output.Write(_lineSeparator);
    }

    private void WriteHeaders(IBufferWriter<byte> output, IReadOnlyList<KeyValuePair<string, byte[]?>>? headers)
    {
        if (headers is not { Count: > 0 })
        {
            Text(output, "NO_HEADERS");
            return;
        }

        for (int i = 0; i < headers.Count; i++)
        {
            output.Write(i > 0 ? _headersSeparator : []);
            Text(output, headers[i].Key);
            Text(output, ":");
            output.Write(headers[i].Value ?? _null);
        }
    }

    private void Next(IBufferWriter<byte> output, ref bool isFirst)
    {
        output.Write(isFirst ? [] : _keySeparator);
        isFirst = false;
    }

    private bool Is(string key, bool unless = false) => _properties.TryGetValue(key, out string? value) ? value.Equals("true", StringComparison.OrdinalIgnoreCase) : unless;

    private byte[] Text(string key, string unless) => Encoding.UTF8.GetBytes(_properties.GetValueOrDefault(key, unless));

    private static void Text(IBufferWriter<byte> output, string text) => RecordFormat.WriteText(output, text);
}
