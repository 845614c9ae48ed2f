namespace Moldau.Cli;

/// <summary>Small pictures out of block characters. Pure.</summary>
internal static class Pictures
{
    private const string Eighths = " ▏▎▍▌▋▊▉";
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>A bar that is <paramref name="width"/> wide at <paramref name="largest"/>, to the eighth of a column; what is not nothing shows at least an eighth.</summary>
    public static string Bar(double value, double largest, int width, bool isUnicode = true)
    {
        if (value <= 0 || largest <= 0 || width <= 0)
        {
            return "";
        }

        if (!isUnicode)
        {
            return new string('#', Math.Clamp((int)Math.Round(value / largest * width), 1, width));
        }

        int eighths = Math.Clamp((int)Math.Round(value / largest * width * 8), 1, width * 8);
        string whole = new('█', eighths / 8);
        return eighths % 8 == 0 ? whole : whole + Eighths[eighths % 8];
    }

    /// <summary>The last <paramref name="width"/> values as a line of columns between nothing and the largest of them.</summary>
    public static string Sparkline(IReadOnlyList<double> values, int width)
    {
        int from = Math.Max(0, values.Count - width);
        double largest = 0;
        for (int i = from; i < values.Count; i++)
        {
            largest = Math.Max(largest, values[i]);
        }

        var line = new char[values.Count - from];
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = largest <= 0 ? Levels[0] : Levels[Math.Clamp((int)Math.Round(values[from + i] / largest * (Levels.Length - 1)), 0, Levels.Length - 1)];
        }

        return new string(line);
    }
}
