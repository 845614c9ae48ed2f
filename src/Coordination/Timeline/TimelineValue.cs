namespace Moldau.Coordination;

/// <summary>A value that can be read as it was at an earlier offset, and reverted. As <see cref="SnapshotRegistry"/>, for the shard's thread alone.</summary>
public sealed class TimelineValue<T>(SnapshotRegistry registry, T initial) : ITimeline
{
    private T _value = initial;
    private List<(long Offset, T Value)>? _before;

    /// <summary>The newest value, committed or not.</summary>
    public T Value
    {
        get => _value;
        set
        {
            if (registry.Latest is { } snapshot && (_before is not { Count: > 0 } before || before[^1].Offset < snapshot.Offset))
            {
                (_before ??= []).Add((snapshot.Offset, _value));
                snapshot.Touched.Add(this);
            }

            _value = value;
        }
    }

    /// <summary>The value as of an offset: what the records before it made of it.</summary>
    public T At(long offset)
    {
        if (_before is not null)
        {
            foreach (var (after, value) in _before)
            {
                if (after >= offset)
                {
                    return value;
                }
            }
        }

        return _value;
    }

    void ITimeline.Revert(long offset)
    {
        _value = _before![^1].Value;
        _before.RemoveAt(_before.Count - 1);
    }

    void ITimeline.Forget(long offset) => _before!.RemoveAt(0);
}
