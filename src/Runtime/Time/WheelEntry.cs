namespace Moldau.Runtime;

/// <summary>Something with a deadline on a <see cref="TimingWheel"/>. May be used again once it fired or was removed.</summary>
public abstract class WheelEntry
{
    internal WheelEntry? Next { get; set; }

    internal WheelEntry? Previous { get; set; }

    internal WheelEntry? NextDue { get; set; }

    internal long DueTick { get; set; }

    /// <summary>The slot it lies in, or -1.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>The deadline has come. Runs once per add, on the timer's thread; must not block.</summary>
    protected internal abstract void OnDeadline();
}
