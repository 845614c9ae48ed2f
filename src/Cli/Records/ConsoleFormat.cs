using System.Buffers;
using System.Globalization;
using System.Text;

namespace Moldau.Cli;

/// <summary>Records as kafka-console-consumer prints them, by the properties of its default formatter. Immutable.</summary>
internal sealed class ConsoleFormat
{
    private static readonly string[] Known =
    [
        "print.key", "print.value", "print.timestamp", "print.offset", "print.epoch", "print.partition", "print.headers", "print.topic", "key.separator", "line.separator", "headers.separator", "null.literal",
        "key.deserializer", "value.deserializer", "headers.deserializer",
    ];

    private readonly IReadOnlyDictionary<string, string> _properties;
    private readonly byte[] _keySeparator;
    private readonly byte[] _lineSeparator;
    private readonly byte[] _headersSeparator;
    private readonly byte[] _null;
    private readonly Deserializer.Writer _key;
    private readonly Deserializer.Writer _value;
    private readonly Deserializer.Writer _header;

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
        _key = Deserializer.Of("key.deserializer", properties.GetValueOrDefault("key.deserializer"));
        _value = Deserializer.Of("value.deserializer", properties.GetValueOrDefault("value.deserializer"));
        _header = Deserializer.Of("headers.deserializer", properties.GetValueOrDefault("headers.deserializer"));
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

        if (Is("print.epoch"))
        {
            Next(output, ref isFirst);
            Text(output, record.LeaderEpoch < 0 ? "Epoch:NOT_PRESENT" : string.Create(CultureInfo.InvariantCulture, $"Epoch:{record.LeaderEpoch}"));
        }

        if (Is("print.headers"))
        {
            Next(output, ref isFirst);
            WriteHeaders(output, record.Headers);
        }

        if (Is("print.key"))
        {
            Next(output, ref isFirst);
            Write(output, record.HasKey, record.Key, _key);
        }

        if (Is("print.value", unless: true))
        {
            Next(output, ref isFirst);
            Write(output, record.HasValue, record.Value, _value);
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
            Write(output, headers[i].Value is not null, headers[i].Value, _header);
        }
    }

    private void Write(IBufferWriter<byte> output, bool isThere, ReadOnlySpan<byte> bytes, Deserializer.Writer write)
    {
        if (isThere)
        {
            write(bytes, output);
        }
        else
        {
            output.Write(_null);
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
