using System.Globalization;
using System.Text.Json;

namespace Moldau.Golden;

/// <summary>A suite for files of one JSON object a line, told apart by the file's name.</summary>
public abstract class JsonLineSuite(params string[] names) : IGoldenSuite
{
    /// <inheritdoc/>
    public bool Matches(string fileName) => names.Contains(GoldenLines.NameOf(fileName));

    /// <inheritdoc/>
    public GoldenResult Check(string path)
    {
        var result = new GoldenResult();
        var number = 0;
        foreach (var line in GoldenLines.Of(path))
        {
            number++;
            if (DifferenceIn(line) is { } difference)
            {
                result.CountDifference(string.Create(CultureInfo.InvariantCulture, $"line {number}: {GoldenText.Cut(difference)}"));
            }
            else
            {
                result.CountAgreement();
            }
        }

        return result;
    }

    /// <summary>What differs in a line, or null when it agrees. Whatever it throws counts as a difference.</summary>
    protected abstract string? Compare(JsonElement line);

    /// <summary>Null when both are equal, else both by name.</summary>
    protected static string? Same<T>(string what, T expected, T actual) =>
        EqualityComparer<T>.Default.Equals(expected, actual) ? null : $"{what} is {actual}, Apache Kafka has {expected}";

    private string? DifferenceIn(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Compare(document.RootElement);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{error.GetType().Name}: {error.Message}";
        }
    }
}
