namespace Moldau.ProtocolGen.Emit;

/// <summary>Reads a tab-separated table whose first row names the columns.</summary>
public static class TextTable
{
    public static IEnumerable<Dictionary<string, string>> Rows(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] columns = lines[0].Split('\t');
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split('\t');
            yield return columns.Select((column, i) => (column, Cell: i < cells.Length ? cells[i] : ""))
                .ToDictionary(pair => pair.column, pair => pair.Cell);
        }
    }
}
