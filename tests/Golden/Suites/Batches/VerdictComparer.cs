using System.Security.Cryptography;
using System.Text.Json;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>Compares the answers to an append with those that Apache Kafka gave.</summary>
internal static class VerdictComparer
{
    private const string JavaObjectMessage = "Invalid timestamp type";
    private const string Unplanned = "UNKNOWN_SERVER_ERROR";

    /// <summary>
    /// Null when both went well or both failed alike. Where Apache Kafka failed with an exception that it did not plan, any refusal is as good.
    /// </summary>
    public static string? CompareError(string what, JsonElement expected, string actualError, string? message)
    {
        string expectedError = expected.GetProperty("ok").GetBoolean() ? AppendAnswer.Ok : expected.Text("error");
        return expectedError == actualError || (expectedError == Unplanned && actualError != AppendAnswer.Ok)
            ? null
            : $"{what} gives {actualError} ({message}), Apache Kafka gives {expectedError} ({expected.TextOrNull("message")})";
    }

    /// <summary>Whether Apache Kafka's own log failed on it, so that nothing can be compared.</summary>
    public static bool IsUnplanned(JsonElement expected) => expected.TextOrNull("error") == Unplanned;

    /// <summary>Null when the answers agree in all: offsets, timestamps, the bytes of the log, or the errors of single records.</summary>
    public static string? Compare(string what, JsonElement expected, AppendAnswer actual, byte[] sent)
    {
        var difference = CompareError(what, expected, actual.Error, actual.Message);
        if (difference is not null)
        {
            return difference;
        }

        if (actual.Error != AppendAnswer.Ok)
        {
            return CompareRecordErrors(what, expected, actual.RecordErrors);
        }

        foreach (var field in expected.EnumerateObject())
        {
            long? number = field.Name switch
            {
                "firstOffset" => actual.FirstOffset,
                "lastOffset" => actual.LastOffset,
                "maxTimestamp" => actual.MaxTimestamp,
                "logAppendTime" => actual.LogAppendTime,
                "validBytes" => actual.ValidBytes,
                "numMessages" => actual.FirstOffset < 0 || actual.LastOffset < 0 ? 0 : actual.LastOffset - actual.FirstOffset + 1,
                _ => null,
            };
            if (number is not null && number != field.Value.GetInt64())
            {
                return $"{what}: {field.Name} is {number}, Apache Kafka has {field.Value}";
            }
        }

        return actual.IsRecompressed ? null : CompareStored(what, expected, actual, sent);
    }

    private static string? CompareStored(string what, JsonElement expected, AppendAnswer actual, byte[] sent)
    {
        bool agrees = expected.TryGetProperty("stored", out var stored) ? stored.GetBytesFromBase64().AsSpan().SequenceEqual(actual.Stored)
            : expected.TryGetProperty("storedSha256", out var hash) ? hash.GetString() == Convert.ToHexStringLower(SHA256.HashData(actual.Stored))
            : SameButLeaderEpochs(sent.AsSpan(0, Math.Min(sent.Length, actual.ValidBytes)), actual.Stored);
        return agrees ? null : $"{what}: other bytes are stored: {Convert.ToBase64String(actual.Stored)}";
    }

    private static bool SameButLeaderEpochs(ReadOnlySpan<byte> sent, byte[] stored)
    {
        var same = sent.ToArray();
        var reader = new RecordBatchReader(same);
        while (reader.MoveNext())
        {
            if (!reader.Current.IsLegacy)
            {
                int epoch = new RecordBatchHeader(stored.AsSpan(reader.Position)).PartitionLeaderEpoch;
                RecordBatchPatch.SetPartitionLeaderEpoch(same.AsSpan(reader.Position, reader.CurrentBytes.Length), epoch);
            }
        }

        return same.AsSpan().SequenceEqual(stored);
    }

    private static string? CompareRecordErrors(string what, JsonElement expected, IReadOnlyList<RecordError> actual)
    {
        if (!expected.TryGetProperty("recordErrors", out var errors))
        {
            return actual.Count == 0 ? null : $"{what}: {actual.Count} records are refused one by one, Apache Kafka refused the batch";
        }

        int index = 0;
        foreach (var error in errors.EnumerateArray())
        {
            if (index >= actual.Count || actual[index].BatchIndex != error.Int("batchIndex") || !SameMessage(actual[index].Message, error.Text("message")))
            {
                return $"{what}: record error {index} is {(index < actual.Count ? actual[index] : null)}, Apache Kafka has {error}";
            }

            index++;
        }

        return index == actual.Count ? null : $"{what}: {actual.Count} records are refused, Apache Kafka refuses {index}";
    }

    /// <summary>Apache Kafka prints a Java object in one of its messages.</summary>
    private static bool SameMessage(string actual, string expected) =>
        actual == expected
        || (actual.StartsWith(JavaObjectMessage, StringComparison.Ordinal) && expected.StartsWith(JavaObjectMessage, StringComparison.Ordinal));
}
