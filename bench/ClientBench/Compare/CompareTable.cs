namespace Moldau.ClientBench;

/// <summary>The table of a comparison.</summary>
internal static class CompareTable
{
    private static readonly string[] Head =
        ["workload", "client", "median", "range", "ours to it", "CPU ns/record", "ours to it", "broker ns/record", "B allocated/record", "unit"];

    public static void Print(TextWriter to, List<string[]> rows)
    {
        List<string[]> lines = [Head, .. rows];
        int[] widths = [.. Head.Select((_, column) => lines.Max(line => line[column].Length))];
        for (int i = 0; i < lines.Count; i++)
        {
            to.WriteLine("| " + string.Join(" | ", lines[i].Select((cell, column) => column < 2 || column == Head.Length - 1 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |");
            if (i == 0)
            {
                to.WriteLine("|" + string.Join('|', widths.Select(width => new string('-', width + 2))) + "|");
            }
        }
    }
}
