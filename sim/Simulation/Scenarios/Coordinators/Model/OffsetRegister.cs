namespace Moldau.Simulation;

/// <summary>The committed offset of one partition in one group, as a register: what is read was written last, or its writing is not known to have ended before that of another.</summary>
internal sealed class OffsetRegister(string name)
{
    private readonly Dictionary<long, Write> _writes = [];
    private long _last;

    /// <summary>Begins a commit; the offset is one that no other commit has.</summary>
    public long Begin(long nowTicks)
    {
        _writes.Add(++_last, new Write(nowTicks));
        return _last;
    }

    /// <summary>The commit was answered.</summary>
    public void Complete(long offset, long nowTicks) => _writes[offset].EndedTicks = nowTicks;

    /// <summary>The commit was refused: it must not be seen.</summary>
    public void Refuse(long offset) => _writes[offset].IsRefused = true;

    public void Read(long offset, long beganTicks)
    {
        if (offset < 0)
        {
            Require(!_writes.Values.Any(write => write.EndedTicks < beganTicks), "no offset is committed, and a commit was answered before");
            return;
        }

        Require(_writes.TryGetValue(offset, out Write? read), $"offset {offset} was never committed");
        Require(!read!.IsRefused, $"G5: offset {offset} is committed, and was refused");
        foreach ((long other, Write write) in _writes)
        {
            Require(write.EndedTicks >= beganTicks || write.BeganTicks <= read.EndedTicks, $"G6: offset {offset} is committed, and {other} was, later");
        }
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException($"{name}: {what}");
        }
    }

    private sealed class Write(long beganTicks)
    {
        public long BeganTicks { get; } = beganTicks;

        public long EndedTicks { get; set; } = long.MaxValue;

        public bool IsRefused { get; set; }
    }
}
