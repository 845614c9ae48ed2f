using System.Diagnostics;
using System.Globalization;

namespace Moldau.ClientBench;

/// <summary>Follows what Kafka's own tools say of how far they are.</summary>
internal sealed class JavaProgress(string verb, long warmup)
{
    private long _count;
    private (long Count, long Time, double Cpu)? _from;
    private (long Count, long Time, double Cpu) _to;

    public void Take(string line, int pid)
    {
        if (Count(line) is not { } count)
        {
            return;
        }

        _count = verb == "produce" ? _count + count : count;
        _to = (_count, Stopwatch.GetTimestamp(), ChildProcess.CpuSeconds(pid));
        if (_count >= warmup)
        {
            _from ??= _to;
        }
    }

    public Outcome Outcome()
    {
        if (_from is not { } from || _to.Count == from.Count)
        {
            throw new InvalidOperationException("Java's tool was done before it said anything: take more --seconds");
        }

        return new Outcome
        {
            Records = _to.Count - from.Count,
            Seconds = Stopwatch.GetElapsedTime(from.Time, _to.Time).TotalSeconds,
            CpuSeconds = _to.Cpu - from.Cpu,
        };
    }

    /// <summary>The producer tells the records of an interval, the consumer those so far; the summary at the end, which has percentiles or no thread, is none of either.</summary>
    private long? Count(string line)
    {
        if (verb == "produce")
        {
            int end = line.IndexOf(" records sent,", StringComparison.Ordinal);
            bool isSummary = line.Contains("50th", StringComparison.Ordinal);
            return end > 0 && !isSummary ? long.Parse(line[..end], CultureInfo.InvariantCulture) : null;
        }

        // time, thread, MB, MB/s, records, records/s, ...
        string[] fields = line.Split(',');
        return fields.Length >= 6 && fields[0].Contains(':', StringComparison.Ordinal) && int.TryParse(fields[1], CultureInfo.InvariantCulture, out _)
            && long.TryParse(fields[4].Trim(), CultureInfo.InvariantCulture, out long count) ? count : null;
    }
}
