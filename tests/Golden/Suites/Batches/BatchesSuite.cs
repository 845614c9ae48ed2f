using System.Text.Json;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>
/// Batches, good and broken: what a consumer reads in them, and what a leader or a follower answers when they are to be appended.
/// </summary>
public sealed class BatchesSuite() : JsonLineSuite("valid", "control", "legacy", "broken")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var bytes = line.GetProperty("bytes").GetBytesFromBase64();
        var difference = BatchComparer.Compare(bytes, line.GetProperty("batches"), out var failure, out _);
        var verdicts = line.GetProperty("verdict");
        difference ??= ReadVerdict(verdicts.GetProperty("read"), failure);
        return difference is null ? null : $"{line.Text("name")}: {difference}";
    }

    private static string? ReadVerdict(JsonElement expected, RecordException? failure)
    {
        string actual = failure switch
        {
            null => "ok",
            CorruptRecordException => "CORRUPT_MESSAGE",
            _ => "INVALID_RECORD",
        };
        return VerdictComparer.CompareError("read", expected, actual, failure?.Message);
    }
}
