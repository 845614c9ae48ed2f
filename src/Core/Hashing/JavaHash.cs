namespace Moldau.Core;

/// <summary>
/// Numbers that Java's runtime fixes and Kafka's formats depend on: the hash code of a text and the two ways Kafka makes a hash non-negative.
/// Stateless; any thread.
/// </summary>
public static class JavaHash
{
    /// <summary>Java's hash code of <paramref name="text"/>: over its UTF-16 units, in 32-bit arithmetic that wraps.</summary>
    public static int OfText(ReadOnlySpan<char> text)
    {
        var hash = 0;
        foreach (var unit in text)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return hash;
    }

    /// <summary>The absolute value; that of the smallest number, which has none, is 0.</summary>
    public static int Abs(int value) => value == int.MinValue ? 0 : Math.Abs(value);

    /// <summary>The value without its sign bit, which is not its absolute value.</summary>
    public static int ToPositive(int value) => value & int.MaxValue;
}
