namespace Moldau.Client;

/// <summary>How long an operation goes on already.</summary>
internal readonly struct RoundClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_start);
}
