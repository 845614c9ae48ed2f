namespace Moldau.Client;

/// <summary>
/// Marks the flow of calls that the application is in while it consumes, or while it is told of its partitions, so that a call out of there can be told from one beside it: what would wait for
/// the end of the flow that it is part of would wait for itself. One piece of the application has it at a time; <see cref="IsCallers"/> may be asked on any thread.
/// </summary>
internal sealed class CallerFlow
{
    private static readonly AsyncLocal<CallerFlow?> Current = new();

    private readonly CallerFlow? _outer;
    private volatile bool _isOver;

    private CallerFlow(CallerFlow? outer) => _outer = outer;

    /// <summary>Whether the calling flow is this one, or was begun in it, and it is not over.</summary>
    public bool IsCallers
    {
        get
        {
            var flow = Current.Value;
            while (flow is not null && flow != this)
            {
                flow = flow._outer;
            }

            return flow == this && !_isOver;
        }
    }

    /// <summary>The caller's flow is this one from now on. It leaks out of a method only when that is not async.</summary>
    public static CallerFlow Begin()
    {
        var outer = Current.Value;
        while (outer is { _isOver: true })
        {
            outer = outer._outer;
        }

        return Current.Value = new CallerFlow(outer);
    }

    public void End() => _isOver = true;
}
