using System.Text;

namespace Moldau.Cli;

/// <summary>Lines as kafka-console-producer takes them apart, by the properties of its line reader. Immutable.</summary>
internal sealed class ConsoleReader
{
    private static readonly string[] Known =
    [
        "parse.key", "key.separator", "parse.headers", "headers.delimiter", "headers.separator", "headers.key.separator", "null.marker", "ignore.error",
    ];

    private readonly bool _parsesKey;
    private readonly bool _parsesHeaders;
    private readonly bool _ignoresErrors;
    private readonly byte[] _keySeparator;
    private readonly byte[] _headersDelimiter;
    private readonly byte[] _headersSeparator;
    private readonly byte[] _headersKeySeparator;
    private readonly byte[]? _nullMarker;

    /// <exception cref="CliException">A property that there is not.</exception>
    public ConsoleReader(IReadOnlyDictionary<string, string> properties)
    {
        foreach (string key in properties.Keys)
        {
            if (!Known.Contains(key, StringComparer.Ordinal))
            {
                throw CliException.Usage($"--property {key}: it must be one of {string.Join(", ", Known)}");
            }
        }

        byte[] Bytes(string key, string unless) => Encoding.UTF8.GetBytes(properties.GetValueOrDefault(key, unless));
        bool Is(string key) => properties.TryGetValue(key, out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);
        _parsesKey = Is("parse.key") || properties.ContainsKey("key.separator");
        _parsesHeaders = Is("parse.headers");
        _ignoresErrors = Is("ignore.error");
        _keySeparator = Bytes("key.separator", "\t");
        _headersDelimiter = Bytes("headers.delimiter", "\t");
        _headersSeparator = Bytes("headers.separator", ",");
        _headersKeySeparator = Bytes("headers.key.separator", ":");
        _nullMarker = properties.TryGetValue("null.marker", out string? marker) ? Encoding.UTF8.GetBytes(marker) : null;
    }

    /// <summary>The record of a line: headers, key and value, each before its separator.</summary>
    /// <exception cref="CliException">A separator is missing.</exception>
    public InputRecord Read(ReadOnlyMemory<byte> line)
    {
        IReadOnlyList<KeyValuePair<string, byte[]?>> headers = [];
        ReadOnlyMemory<byte>? key = null;
        if (_parsesHeaders && Cut(ref line, _headersDelimiter, "headers") is { } text && !IsNull(text))
        {
            headers = Headers(text);
        }

        if (_parsesKey && Cut(ref line, _keySeparator, "key") is { } found && !IsNull(found))
        {
            key = found;
        }

        return new InputRecord { Key = key, Value = IsNull(line) ? default(ReadOnlyMemory<byte>?) : line, Headers = headers };
    }

    private bool IsNull(ReadOnlyMemory<byte> text) => _nullMarker is not null && text.Span.SequenceEqual(_nullMarker);

    private ReadOnlyMemory<byte>? Cut(ref ReadOnlyMemory<byte> line, byte[] separator, string what)
    {
        int at = line.Span.IndexOf(separator);
        if (at < 0)
        {
            return _ignoresErrors
                ? default(ReadOnlyMemory<byte>?)
                : throw CliException.Usage(
                    $"no {what} in the line '{Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, 100)])}': '{Encoding.UTF8.GetString(separator)}' must follow it",
                    $"--property {(what == "key" ? "key.separator" : "headers.delimiter")}=TEXT names another; --property ignore.error=true takes such lines as they are");
        }

        ReadOnlyMemory<byte> cut = line[..at];
        line = line[(at + separator.Length)..];
        return cut;
    }

    private List<KeyValuePair<string, byte[]?>> Headers(ReadOnlyMemory<byte> text)
    {
        var headers = new List<KeyValuePair<string, byte[]?>>();
        while (text.Length > 0)
        {
            int end = text.Span.IndexOf(_headersSeparator);
            ReadOnlyMemory<byte> one = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + _headersSeparator.Length)..];
            int colon = one.Span.IndexOf(_headersKeySeparator);
            if (colon < 0 && !_ignoresErrors)
            {
                throw CliException.Usage($"the header '{Encoding.UTF8.GetString(one.Span)}' has no '{Encoding.UTF8.GetString(_headersKeySeparator)}' between name and value");
            }

            ReadOnlyMemory<byte> value = colon < 0 ? default : one[(colon + _headersKeySeparator.Length)..];
            headers.Add(new KeyValuePair<string, byte[]?>(Encoding.UTF8.GetString((colon < 0 ? one : one[..colon]).Span), colon < 0 || IsNull(value) ? null : value.ToArray()));
        }

        return headers;
    }
}
