using System.Text.Json;

namespace Moldau.Golden;

/// <summary>Compares the answers to an append with those that Apache Kafka gave.</summary>
internal static class VerdictComparer
{
    /// <summary>
    /// Null when both went well or both failed alike. Where Apache Kafka failed with an exception that it did not plan, any refusal is as good.
    /// </summary>
    public static string? CompareError(string what, JsonElement expected, string actualError, string? message)
    {
        string expectedError = expected.GetProperty("ok").GetBoolean() ? "ok" : expected.Text("error");
        return expectedError == actualError || (expectedError == "UNKNOWN_SERVER_ERROR" && actualError != "ok")
            ? null
            : $"{what} gives {actualError} ({message}), Apache Kafka gives {expectedError} ({expected.TextOrNull("message")})";
    }
}
