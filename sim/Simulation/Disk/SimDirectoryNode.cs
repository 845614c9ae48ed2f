namespace Moldau.Simulation;

/// <summary>A directory twice: the names as processes see them, and those on the device. Between the two lie the changes since the last sync, in order; a power loss keeps some first of them.</summary>
internal sealed class SimDirectoryNode
{
    private readonly List<(string Name, object? Node)[]> _pending = [];
    private readonly SortedDictionary<string, object> _durable = new(StringComparer.Ordinal);

    public SortedDictionary<string, object> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>One change, atomic: names get a node or lose it.</summary>
    public void Change(params (string Name, object? Node)[] changes)
    {
        Apply(Entries, changes);
        _pending.Add(changes);
    }

    public void Sync()
    {
        _pending.ForEach(changes => Apply(_durable, changes));
        _pending.Clear();
    }

    public void LosePower(SimRandom random)
    {
        int kept = random.Next(3) switch { 0 => 0, 1 => _pending.Count, _ => random.Next(_pending.Count + 1) };
        _pending.Take(kept).ToList().ForEach(changes => Apply(_durable, changes));
        _pending.Clear();
        Entries.Clear();
        foreach ((string name, object node) in _durable)
        {
            Entries.Add(name, node);
            (node as SimDirectoryNode)?.LosePower(random);
            (node as SimFileNode)?.LosePower(random);
        }
    }

    public long SizeBytes() => Entries.Values.Sum(node => node is SimFileNode file ? file.Length : ((SimDirectoryNode)node).SizeBytes());

    private static void Apply(SortedDictionary<string, object> entries, (string Name, object? Node)[] changes)
    {
        foreach ((string name, object? node) in changes)
        {
            if (node is null)
            {
                entries.Remove(name);
            }
            else
            {
                entries[name] = node;
            }
        }
    }
}
