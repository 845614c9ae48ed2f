using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Moldau.Host;

/// <summary>Makes one line of a log entry, as text or as a JSON object. Line breaks within are escaped, so that an entry never takes two lines.</summary>
internal static class LineFormat
{
    public static string Text(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception)
    {
        var line = new StringBuilder(message.Length + 64);
        line.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss.fff} {Name(level),-5} {Short(category)}: ");
        AppendOneLine(line, message);
        if (exception is not null)
        {
            line.Append(" | ");
            AppendOneLine(line, exception.ToString());
        }

        return line.Append('\n').ToString();
    }

    public static string Json(DateTimeOffset time, LogLevel level, string category, string message, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Length + 128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", Name(level));
            json.WriteString("category", category);
            json.WriteString("message", message);
            if (exception is not null)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    private static string Short(string category) => category[(category.LastIndexOf('.') + 1)..];

    private static void AppendOneLine(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\r' => line,
                '\n' => line.Append("\\n"),
                < ' ' and not '\t' => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => line.Append(c),
            };
        }
    }
}
