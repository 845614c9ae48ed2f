using System.Text.Json;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>The two ways Kafka makes a number non-negative.</summary>
public sealed class AbsSuite() : JsonLineSuite("abs")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var value = line.Int("value");
        return Same("abs", line.Int("utilsAbs"), JavaHash.Abs(value)) ?? Same("positive", line.Int("toPositive"), JavaHash.ToPositive(value));
    }
}
