namespace Moldau.Golden;

/// <summary>What a suite found in one file. One thread fills it.</summary>
public sealed class GoldenResult
{
    private const int DifferencesShown = 5;
    private readonly List<string> _differences = [];

    /// <summary>Lines of which our code makes what Apache Kafka made.</summary>
    public long Agree { get; private set; }

    /// <summary>Lines of which it makes something else, or that nobody reads.</summary>
    public long Differ { get; private set; }

    /// <summary>The first few differences, each with the line it is in.</summary>
    public IReadOnlyList<string> Differences => _differences;

    /// <summary>Counts a line that agrees.</summary>
    public void CountAgreement() => Agree++;

    /// <summary>Counts a line that differs.</summary>
    public void CountDifference(string what)
    {
        Differ++;
        if (_differences.Count < DifferencesShown)
        {
            _differences.Add(what);
        }
    }
}
