using System.Diagnostics;
using System.Text;

namespace Moldau.Simulation;

/// <summary>Runs a scenario with many seeds on several threads; each seed has a world and a thread to itself while it runs.</summary>
public sealed class SimulationRunner(IScenario scenario, int jobs, Flaw flaw, int linesKept = SimTrace.LinesKeptDefault, bool withTrace = false)
{
    private const int FailuresShown = 25;
    private readonly Lock _gate = new();
    private readonly List<(ulong Seed, string Message, string Trace)> _failures = [];
    private ulong _hash;
    private long _next;
    private int _failed;

    /// <summary>The traces of all seeds together: the same for the same seeds, however many jobs.</summary>
    public ulong TraceHash => _hash;

    /// <summary>Runs the seeds; false when one failed. Prints one line, and for each failure its seed and trace.</summary>
    public bool Run(ulong from, int seeds, TextWriter output)
    {
        long began = Stopwatch.GetTimestamp();
        _next = 0;
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(jobs, seeds)).Select(_ => new Thread(() => Work(from, seeds), 16 << 20))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        (ulong Seed, string Message, string Trace)[] failures = [.. _failures.OrderBy(failure => failure.Seed).Take(FailuresShown)];
        if (failures.Length > 0)
        {
            output.Write(failures[0].Trace);
        }

        foreach ((ulong seed, string message, string _) in failures)
        {
            output.WriteLine($"---- scenario {scenario.Name}, seed {seed}: {message}");
        }

        double perCoreHour = seeds / (seconds * threads.Length) * 3600;
        string summary = $"{seeds} seeds from {from}, {perCoreHour:F0} seeds per core-hour, {seconds:F1} s, trace {_hash:x16}";
        output.WriteLine(_failed == 0 ? $"ok sim {scenario.Name}: {summary}" : $"FAIL sim {scenario.Name}: {_failed} of {summary}; first seed {_failures.Min(failure => failure.Seed)}");
        return _failed == 0;
    }

    /// <summary>Runs one seed; the message of its failure, or null.</summary>
    public static string? RunSeed(IScenario scenario, ulong seed, Flaw flaw, out SimTrace trace, int linesKept = SimTrace.LinesKeptDefault)
    {
        var world = new SimWorld(seed, linesKept);
        trace = world.Trace;
        try
        {
            scenario.Run(world, flaw);
            return null;
        }
        catch (Exception failure)
        {
            return failure is SimulationFailedException ? failure.Message : failure.ToString();
        }
    }

    private void Work(ulong from, int seeds)
    {
        for (long index = Interlocked.Increment(ref _next) - 1; index < seeds; index = Interlocked.Increment(ref _next) - 1)
        {
            ulong seed = from + (ulong)index;
            string? failure = RunSeed(scenario, seed, flaw, out SimTrace trace, linesKept);
            lock (_gate)
            {
                // A sum, so that the order in which seeds end does not matter.
                _hash += trace.Hash * (2 * seed + 1);
                if (withTrace && failure is null)
                {
                    Console.Out.Write(Describe(seed, trace));
                }

                if (failure is not null)
                {
                    _failed++;
                    _failures.Add((seed, failure, Describe(seed, trace)));
                }
            }
        }
    }

    private string Describe(ulong seed, SimTrace trace)
    {
        var text = new StringBuilder();
        text.AppendLine($"---- scenario {scenario.Name}, seed {seed}; the last {Math.Min(linesKept, trace.Count)} of {trace.Count} events, in simulated milliseconds");
        foreach (string line in trace.Tail)
        {
            text.AppendLine(line);
        }

        text.AppendLine($"---- again, with all events: ./sim/run --seeds 1 --from {seed} --scenario {scenario.Name}");
        return text.ToString();
    }
}
