using Spectre.Console;

namespace Moldau.Cli;

/// <summary>Tables as text. Colours and bars are for terminals; elsewhere lines are as long as they need and end without blanks.</summary>
internal static class TableText
{
    private const int Unbounded = 10_000;

    private static readonly Padding Gap = new(0, 0, 2, 0);

    public static void Write(CliContext context, RowSet set)
    {
        if (set.Rows.Count == 0)
        {
            context.Out.WriteLine(set.WhenEmpty);
            return;
        }

        Table table = Plain();
        foreach (Column column in set.Columns)
        {
            var head = new TableColumn(new Text(column.Header.ToUpperInvariant(), new Style(decoration: Decoration.Bold)));
            head.Padding = Gap;
            table.AddColumn(column.IsRight ? head.RightAligned().NoWrap() : head);
        }

        bool hasBars = set.Bar is not null && context.IsTerminal;
        double largest = 0;
        if (hasBars)
        {
            table.AddColumn(new TableColumn("").NoWrap());
            largest = Enumerable.Range(0, set.Rows.Count).Max(set.Bar!);
        }

        int barWidth = Math.Clamp(context.Width / 4, 8, 30);
        for (int i = 0; i < set.Rows.Count; i++)
        {
            List<Text> texts = [.. set.Rows[i].Select(cell => new Text(cell.Shown, StyleOf(cell.Tone)))];
            if (hasBars)
            {
                texts.Add(new Text(Pictures.Bar(set.Bar!(i), largest, barWidth), new Style(Color.Teal)));
            }

            table.AddRow(texts);
        }

        Print(context, table);
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

        Print(context, table);
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
    private static void Print(CliContext context, Table table)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = context.UsesColors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = context.UsesColors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = context.IsTerminal ? Math.Max(40, context.Width) : Unbounded;
        console.Profile.Capabilities.Unicode = true;
        console.Write(table);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            context.Out.WriteLine(line.TrimEnd());
        }
    }
}
