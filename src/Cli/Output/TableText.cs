using Spectre.Console;

namespace Moldau.Cli;

/// <summary>Tables as text. Colours and bars are for terminals; elsewhere lines are as long as they need and end without blanks.</summary>
internal static class TableText
{
    private const int Unbounded = 10_000;

    private const int GapWidth = 2;
    private const int BarMin = 8;
    private const int BarMax = 30;

    private static readonly Padding Gap = new(0, 0, GapWidth, 0);

    public static void Write(CliContext context, RowSet set)
    {
        if (set.Rows.Count == 0)
        {
            context.Out.WriteLine(set.WhenEmpty);
            return;
        }

        (List<int> shown, int natural) = Fitting(set, context.IsTerminal ? context.Width : Unbounded);
        int barWidth = Math.Min(context.Width - natural - GapWidth - 1, BarMax);
        bool hasBars = set.Bar is not null && context.IsTerminal && barWidth >= BarMin;
        Table table = Plain();
        foreach (Column column in shown.Select(index => set.Columns[index]))
        {
            var head = new TableColumn(new Text(column.Header.ToUpperInvariant(), new Style(decoration: Decoration.Bold))) { Padding = Gap, NoWrap = !column.Wraps };
            table.AddColumn(column.IsRight ? head.RightAligned() : head);
        }

        double largest = 0;
        if (hasBars)
        {
            table.AddColumn(new TableColumn("") { Padding = new Padding(0), NoWrap = true });
            largest = Enumerable.Range(0, set.Rows.Count).Max(set.Bar!);
        }

        for (int i = 0; i < set.Rows.Count; i++)
        {
            List<Text> texts = [.. shown.Select(index => set.Rows[i][index]).Select(cell => new Text(cell.Shown, StyleOf(cell.Tone)))];
            if (hasBars)
            {
                texts.Add(new Text(Pictures.Bar(set.Bar!(i), largest, barWidth, context.UsesUnicode), new Style(Color.Teal)));
            }

            table.AddRow(texts);
        }

        bool canWrap = shown.Exists(index => set.Columns[index].Wraps);
        Print(context, table, canWrap ? context.Width : Math.Max(context.Width, natural + GapWidth));
    }

    /// <summary>The columns that are shown, and how wide they are: where the window is too narrow, first those go that say nothing, then those that people can do without.</summary>
    private static (List<int> Shown, int Natural) Fitting(RowSet set, int width)
    {
        int[] widths = [.. set.Columns.Select((column, index) => Math.Max(column.Header.Length, set.Rows.Max(row => row[index].Shown.Length)))];
        List<int> shown = [.. Enumerable.Range(0, set.Columns.Count)];
        int Natural() => shown.Sum(index => widths[index] + GapWidth) - GapWidth;
        if (Natural() > width)
        {
            shown.RemoveAll(index => set.Rows.All(row => row[index].Shown == "-"));
        }

        while (Natural() > width && shown.FindLastIndex(index => set.Columns[index].IsOptional) is >= 0 and var last)
        {
            shown.RemoveAt(last);
        }

        return (shown, Natural());
    }

    public static void Write(CliContext context, Facts facts)
    {
        Table table = Plain().HideHeaders();
        table.AddColumn(new TableColumn("") { Padding = Gap }.NoWrap());
        table.AddColumn("");
        foreach ((Column column, Cell cell) in facts.All)
        {
            table.AddRow(new Text(column.Header, new Style(decoration: Decoration.Dim)), new Text(cell.Shown, StyleOf(cell.Tone)));
        }

        Print(context, table, context.Width);
    }

    private static Table Plain() => new() { Border = TableBorder.None, UseSafeBorder = false };

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Warning => new Style(Color.Yellow),
        Tone.Bad => new Style(Color.Red),
        Tone.Quiet => new Style(decoration: Decoration.Dim),
        _ => Style.Plain,
    };

    /// <summary>Spectre fills lines up with blanks, which nobody wants in a file: they are cut.</summary>
    private static void Print(CliContext context, Table table, int width)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = context.UsesColors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = context.UsesColors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = context.IsTerminal ? width : Unbounded;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            context.Out.WriteLine(line.TrimEnd());
        }
    }
}
