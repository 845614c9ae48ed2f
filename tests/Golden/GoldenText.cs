namespace Moldau.Golden;

/// <summary>Text for people: what differs, cut to a length that a terminal bears.</summary>
public static class GoldenText
{
    private const int LengthMax = 240;

    /// <summary>The text, or its beginning when it is long.</summary>
    public static string Cut(string text) => text.Length <= LengthMax ? text : $"{text[..LengthMax]}… ({text.Length} characters)";
}
