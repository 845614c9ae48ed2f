using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Moldau.Broker;

/// <summary>The connection's clock: idle connections, half frames and peers that take no answers. It is looked at now and then instead of being wound for each frame.</summary>
public sealed partial class Connection
{
    private readonly ConnectionWatch _watch;
    private long _lastActiveTimestamp;
    private long _frameStarted;
    private int _frameBytes;

    /// <summary>Closes when a deadline has passed; otherwise says when to look again.</summary>
    internal void CheckDeadlines()
    {
        ConnectionLimits limits = Limits;
        long started = Volatile.Read(ref _frameStarted);
        if (started != 0)
        {
            long allowedMs = limits.FrameMsMax + (Volatile.Read(ref _frameBytes) * 1000L / limits.FrameBytesPerSecondMin);
            if (ElapsedMs(started) >= allowedMs)
            {
                Close(LogLevel.Warning, string.Create(CultureInfo.InvariantCulture, $"a frame was not whole after {allowedMs} ms"));
                return;
            }
        }

        if (limits.IdleMsMax >= 0 && started == 0 && ElapsedMs(Volatile.Read(ref _lastActiveTimestamp)) >= limits.IdleMsMax && IdleReason() is { } reason)
        {
            Close(LogLevel.Debug, reason);
            return;
        }

        _server.Wheel.Add(_watch, NextCheckMs());
        if (IsClosed)
        {
            _server.Wheel.Remove(_watch);
        }
    }

    private long NextCheckMs()
    {
        long idleMs = Limits.IdleMsMax >= 0 ? Limits.IdleMsMax - ElapsedMs(Volatile.Read(ref _lastActiveTimestamp)) : long.MaxValue;
        long checkMs = Math.Max(Limits.FrameMsMax, 1);
        return idleMs <= 0 ? checkMs : Math.Min(idleMs, checkMs);
    }

    /// <summary>A connection whose request is being worked on is not idle; one that does not take its answers is.</summary>
    private string? IdleReason()
    {
        lock (_gate)
        {
            return _sending ? "the peer takes no answers" : _inFlight == 0 ? "it was idle" : null;
        }
    }

    /// <summary>The clock of a frame starts with its first byte and stands still while the node itself is not reading.</summary>
    private void StartFrameClock()
    {
        if (_frameStarted == 0)
        {
            Volatile.Write(ref _frameStarted, Math.Max(_server.Time.GetTimestamp(), 1));
        }
    }

    private void StopFrameClock()
    {
        Volatile.Write(ref _frameStarted, 0);
        _frameBytes = 0;
    }

    private void MarkActive() => Volatile.Write(ref _lastActiveTimestamp, _server.Time.GetTimestamp());

    private long ElapsedMs(long timestamp) => (long)_server.Time.GetElapsedTime(timestamp).TotalMilliseconds;
}
