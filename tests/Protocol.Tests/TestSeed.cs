using System.Globalization;

namespace Moldau.Protocol.Tests;

/// <summary>
/// Where random tests begin, and how far they go: <c>MOLDAU_SEED</c> and <c>MOLDAU_FUZZ_COUNT</c> (cases per message version) make longer runs.
/// </summary>
public static class TestSeed
{
    public static int Value { get; } = Number("MOLDAU_SEED", 20260917);

    public static int FuzzCount { get; } = Number("MOLDAU_FUZZ_COUNT", 25);

    /// <summary>Randomness of one message version: a failure repeats alone.</summary>
    public static Random For(string message, int version)
    {
        int hash = Value;
        foreach (char c in message)
        {
            hash = unchecked((hash * 31) + c);
        }
        return new Random(unchecked((hash * 31) + version));
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
