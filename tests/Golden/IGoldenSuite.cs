namespace Moldau.Golden;

/// <summary>
/// Compares golden files of one form with what our code makes of them. A suite has a constructor without parameters and no state: the program finds
/// all suites of this assembly by itself.
/// </summary>
public interface IGoldenSuite
{
    /// <summary>Whether files of this name (without folder) have the form that the suite reads.</summary>
    bool Matches(string fileName);

    /// <summary>Reads the file and counts its lines that agree and differ.</summary>
    GoldenResult Check(string path);
}
