namespace Moldau.Broker;

/// <summary>A bucket of tokens, one per connection: filled at the rate, at most one second's worth. Any thread may call it.</summary>
internal sealed class ConnectionRate(TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = double.NaN;
    private long _filled;

    /// <summary>Takes a token; zero, or how long to wait before trying again.</summary>
    public TimeSpan Take(int perSecond)
    {
        if (perSecond == int.MaxValue)
        {
            return TimeSpan.Zero;
        }

        lock (_gate)
        {
            long now = time.GetTimestamp();
            _tokens = double.IsNaN(_tokens) ? perSecond : Math.Min(perSecond, _tokens + (time.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
            _filled = now;
            if (_tokens >= 1)
            {
                _tokens--;
                return TimeSpan.Zero;
            }

            return TimeSpan.FromMilliseconds(Math.Ceiling((1 - _tokens) * 1000 / perSecond));
        }
    }
}
