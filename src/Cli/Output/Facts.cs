namespace Moldau.Cli;

/// <summary>One thing and what is known of it: to people a line for each fact, to programs one object.</summary>
internal sealed class Facts
{
    private readonly List<(Column Column, Cell Cell)> _facts = [];

    public IReadOnlyList<(Column Column, Cell Cell)> All => _facts;

    public Facts Add(string key, Cell cell, string? header = null)
    {
        _facts.Add((Column.Text(key, header), cell));
        return this;
    }
}
