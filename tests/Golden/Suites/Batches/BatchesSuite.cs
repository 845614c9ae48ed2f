using System.Text.Json;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>
/// Batches, good and broken: what a consumer reads in them, and what a leader or a follower answers when they are to be appended.
/// </summary>
public sealed class BatchesSuite() : JsonLineSuite("valid", "control", "legacy", "broken")
{
    private const long NowMs = 1_760_000_000_000;
    private const short ProduceVersion = 13;
    private const short OldProduceVersion = 3;
    private const string AppendAs = "append as ";
    private static readonly AppendSettings Defaults = new();

    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var bytes = line.GetProperty("bytes").GetBytesFromBase64();
        var difference = BatchComparer.Compare(bytes, line.GetProperty("batches"), out var failure, out int bytesRead);
        if (difference is null && line.TryGetProperty("valid", out var valid) && valid.GetBoolean() != (failure is null && bytesRead == bytes.Length))
        {
            difference = $"{bytesRead} of {bytes.Length} bytes are read, Apache Kafka says that valid is {valid}";
        }

        foreach (var verdict in line.GetProperty("verdict").EnumerateObject())
        {
            difference ??= CompareVerdict(verdict.Name, verdict.Value, bytes, failure, bytesRead);
        }

        return difference is null ? null : $"{line.Text("name")}: {difference}";
    }

    private static string? CompareVerdict(string name, JsonElement expected, byte[] bytes, RecordException? failure, int bytesRead) => name switch
    {
        "read" => CompareRead(expected, failure, bytesRead),
        "produce" => VerdictComparer.Compare(name, expected, Appender.Produce(bytes, ProduceVersion, Defaults, 0, NowMs), bytes),
        "produceVersion3" => VerdictComparer.Compare(name, expected, Appender.Produce(bytes, OldProduceVersion, Defaults, 0, NowMs), bytes),
        "follower" => VerdictComparer.IsUnplanned(expected) ? null : VerdictComparer.Compare(name, expected, Appender.Follow(bytes), bytes),
        _ when name.StartsWith(AppendAs, StringComparison.Ordinal) => CompareAppendAs(name, expected, bytes),
        _ => $"verdict {name} is not known",
    };

    private static string? CompareAppendAs(string name, JsonElement expected, byte[] bytes)
    {
        var origin = Enum.Parse<AppendOrigin>(name[AppendAs.Length..].Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true);
        long nextOffset = origin == AppendOrigin.RaftLeader ? new RecordBatchHeader(bytes).BaseOffset : 0;
        return VerdictComparer.Compare(name, expected, Appender.Append(bytes.ToArray(), Defaults, origin, nextOffset, NowMs), bytes);
    }

    private static string? CompareRead(JsonElement expected, RecordException? failure, int bytesRead)
    {
        string actual = failure switch
        {
            null => AppendAnswer.Ok,
            CorruptRecordException => "CORRUPT_MESSAGE",
            _ => "INVALID_RECORD",
        };
        var difference = VerdictComparer.CompareError("read", expected, actual, failure?.Message);
        return difference is null && expected.IntOrNull("bytesRead") is { } bytes && bytes != bytesRead
            ? $"{bytesRead} bytes are read, Apache Kafka read {bytes}"
            : difference;
    }
}
