namespace Moldau.Client;

/// <summary>The producer's clock: ms that only go on, from the time provider. Any thread.</summary>
internal sealed class ProducerClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Ms since the producer was made.</summary>
    public long NowMs => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>The wall clock, in ms since the epoch: the timestamp of records that have none.</summary>
    public long UtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();
}
