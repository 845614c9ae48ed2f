using System.Globalization;
using System.Text.Json;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>Good batches appended to a leader's log under different topic configurations.</summary>
public sealed class LeaderAppendSuite() : JsonLineSuite("leader-append")
{
    private const short ProduceVersion = 13;

    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var bytes = line.GetProperty("bytes").GetBytesFromBase64();
        var settings = SettingsOf(line.GetProperty("config"));
        var answer = Appender.Produce(
            bytes, ProduceVersion, settings, line.GetProperty("logStartOffset").GetInt64(), line.GetProperty("nowMs").GetInt64());
        var difference = VerdictComparer.Compare("append", line.GetProperty("result"), answer, bytes);
        if (difference is null && line.TryGetProperty("batches", out var batches) && answer.Error == AppendAnswer.Ok)
        {
            difference = BatchComparer.Compare(answer.Stored, batches, out var failure, out _, answer.IsRecompressed) ?? failure?.Message;
        }

        return difference is null ? null : $"{line.Text("name")} {line.GetProperty("config")}: {difference}";
    }

    private static AppendSettings SettingsOf(JsonElement config)
    {
        var settings = new AppendSettings();
        foreach (var key in config.EnumerateObject())
        {
            string value = key.Value.GetString()!;
            settings = key.Name switch
            {
                "message.timestamp.type" => settings with { TimestampType = Enum.Parse<TimestampType>(value) },
                "message.timestamp.before.max.ms" => settings with { TimestampBeforeMaxMs = Number(value) },
                "message.timestamp.after.max.ms" => settings with { TimestampAfterMaxMs = Number(value) },
                "cleanup.policy" => settings with { IsCompacted = value.Contains("compact", StringComparison.Ordinal) },
                "max.message.bytes" => settings with { MessageBytesMax = (int)Number(value) },
                "max.decompressed.message.bytes" => settings with { DecompressedMessageBytesMax = (int)Number(value) },
                "compression.type" => settings with { Compression = CompressionOf(value) },
                _ => throw new InvalidDataException($"key {key.Name} is not known"),
            };
        }

        return settings;
    }

    private static RecordCompression? CompressionOf(string value) => value switch
    {
        "producer" => null,
        "uncompressed" => RecordCompression.None,
        _ => RecordCompression.Of(Enum.Parse<CompressionType>(value, ignoreCase: true)),
    };

    private static long Number(string value) => long.Parse(value, CultureInfo.InvariantCulture);
}
