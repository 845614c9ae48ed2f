using Moldau.Core;

namespace Moldau.Cli;

/// <summary>A table: to people rows below headers, to programs one object a line.</summary>
internal sealed class RowSet(params Column[] columns)
{
    private readonly List<Cell[]> _rows = [];

    public IReadOnlyList<Column> Columns => columns;

    public IReadOnlyList<Cell[]> Rows => _rows;

    /// <summary>What people read instead of an empty table.</summary>
    public string WhenEmpty { get; init; } = "nothing";

    /// <summary>A picture beside each row: the number that its bar stands for; null for none.</summary>
    public Func<int, double>? Bar { get; init; }

    public void Add(params Cell[] cells)
    {
        Invariant.That(cells.Length == columns.Length, $"{cells.Length} cells for {columns.Length} columns");
        _rows.Add(cells);
    }
}
