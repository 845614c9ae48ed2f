namespace Moldau.Tidy;

/// <summary>Exceptions.tsv: rule, path (and #function), reason. A row without a reason is refused.</summary>
internal static class AllowedExceptions
{
    public static IReadOnlyList<(string Rule, string Path, string Reason)> All { get; } = Load();

    public static HashSet<string> Of(string rule) => All.Where(row => row.Rule == rule).Select(row => row.Path).ToHashSet();

    private static List<(string, string, string)> Load()
    {
        var rows = new List<(string, string, string)>();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests/Tidy/Exceptions.tsv")).Skip(1))
        {
            var cells = line.Split('\t');
            if (cells.Length != 3 || cells[2].Trim().Length < 10)
            {
                throw new InvalidDataException($"Exceptions.tsv: '{line}' is not rule, path, reason");
            }

            rows.Add((cells[0], cells[1], cells[2]));
        }

        return rows;
    }
}
