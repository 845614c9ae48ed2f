namespace Moldau.Controller;

/// <summary>Brokers in a circle. In each epoch every broker comes once, and each epoch starts one further on.</summary>
internal sealed class PlacementRing
{
    private readonly List<int> _brokers = [];
    private int _index;
    private int _offset;
    private int _epoch;

    internal void Add(int broker) => _brokers.Add(broker);

    internal void Initialize(ControlContext context)
    {
        if (_brokers.Count > 0)
        {
            _brokers.Sort();
            _offset = context.NextInt(_brokers.Count);
        }
    }

    internal void Shuffle(ControlContext context)
    {
        for (int i = _brokers.Count - 1; i > 0; i--)
        {
            int other = context.NextInt(i + 1);
            (_brokers[i], _brokers[other]) = (_brokers[other], _brokers[i]);
        }
    }

    /// <summary>The next broker; -1 when all had their turn in this epoch.</summary>
    internal int Next(int epoch)
    {
        if (_brokers.Count == 0)
        {
            return -1;
        }

        if (_epoch != epoch)
        {
            _epoch = epoch;
            _index = 0;
            _offset = (_offset + 1) % _brokers.Count;
        }

        if (_index >= _brokers.Count)
        {
            return -1;
        }

        int broker = _brokers[(_index + _offset) % _brokers.Count];
        _index++;
        return broker;
    }
}
