using Moldau.Core;

namespace Moldau.Simulation;

/// <summary>
/// One simulated world on one thread: a clock, a seed, and what is ready to run. Which of the ready pieces runs next is drawn from the seed; when nothing is ready the clock jumps to the
/// next timer. The same seed and the same calls give the same course, event for event.
/// </summary>
public sealed class SimWorld
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const int PiecesMax = 200_000;
    private readonly List<(SimScheduler Owner, Task Task)> _ready = [];
    private readonly PriorityQueue<(SimTimer Timer, int Version), (long DueTicks, long Order)> _timers = new();
    private readonly SimRandom _choice;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private Exception? _failure;
    private long _piecesTicks;
    private int _pieces;
    private long _order;

    // Before any table of names is made.
    static SimWorld() => IdentifierHash.Seed = 1;

    /// <param name="seed">Decides everything.</param>
    /// <param name="linesKept">How many of the last lines of the trace are kept.</param>
    public SimWorld(ulong seed, int linesKept = SimTrace.LinesKeptDefault)
    {
        Trace = new SimTrace(linesKept);
        Random = new SimRandom(seed);
        _choice = Random.Fork();
    }

    public SimRandom Random { get; }

    public SimTrace Trace { get; }

    public long Ticks { get; private set; }

    public DateTimeOffset UtcNow => Epoch.AddTicks(Ticks);

    public long NowMs => UtcNow.ToUnixTimeMilliseconds();

    /// <summary>Something took this long: the clock moves on, timers that came due run later.</summary>
    public void Spend(long ticks) => Ticks += ticks;

    public void Note(string line) => Trace.Note(Ticks / TimeSpan.TicksPerMicrosecond, line);

    /// <summary>Runs one ready piece, or else the next timer; false when there is neither.</summary>
    public bool RunOne() => RunReadyOne() || FireNext(long.MaxValue);

    /// <summary>Runs one ready piece; false when there is none.</summary>
    public bool RunReadyOne()
    {
        if (_ready.Count == 0)
        {
            return false;
        }

        int index = _choice.Next(_ready.Count);
        (SimScheduler owner, Task task) = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        RequireTimePasses(owner);
        owner.Execute(task);
        ThrowFailure();
        return true;
    }

    public void RunReady()
    {
        while (RunReadyOne())
        {
        }
    }

    /// <summary>Lets time pass; all that becomes due on the way runs.</summary>
    public void Advance(TimeSpan by)
    {
        long target = Ticks + by.Ticks;
        while (RunReadyOne() || FireNext(target))
        {
        }

        Ticks = Math.Max(Ticks, target);
        ThrowFailure();
    }

    /// <summary>Runs until the task has ended or its process is dead; false in the latter case. A task that never ends is a failure.</summary>
    public bool RunUntil(Task task, SimScheduler owner, TimeSpan atMost)
    {
        long limit = Ticks + atMost.Ticks;
        while (!task.IsCompleted && owner.IsAlive)
        {
            if (!RunReadyOne() && !FireNext(limit))
            {
                ThrowFailure();
                throw new SimulationFailedException($"what was started has not ended after {atMost} of simulated time and nothing is left to run");
            }
        }

        return task.IsCompleted && owner.IsAlive;
    }

    /// <summary>Something that belongs to no process happens then: a segment arrives, a fault begins.</summary>
    public void At(long ticks, Action happens) => new SimTimer(this, null, _ => happens(), null).Change(TimeSpan.FromTicks(Math.Max(0, ticks - Ticks)), Timeout.InfiniteTimeSpan);

    /// <summary>Ends after so many milliseconds; whoever awaits it goes on in its own process.</summary>
    public Task DelayAsync(int ms)
    {
        var over = new TaskCompletionSource();
        At(Ticks + (ms * TimeSpan.TicksPerMillisecond), over.SetResult);
        return over.Task;
    }

    /// <summary>
    /// Everything runs on the world's one thread. What is found on another has escaped: a thread, the pool, a real timer. Its course would differ from run to run, so it fails the simulation.
    /// </summary>
    public void RequireOwnThread(string what)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Volatile.Write(ref _failure, new SimulationFailedException($"{what} escaped to another thread: {Environment.StackTrace}"));
            throw new SimCrashException();
        }
    }

    internal void Enqueue(SimScheduler owner, Task task)
    {
        RequireOwnThread("a continuation");
        _ready.Add((owner, task));
    }

    internal void Forget(SimScheduler owner) => _ready.RemoveAll(entry => entry.Owner == owner);

    internal void Arm(SimTimer timer, int version, long dueTicks) => _timers.Enqueue((timer, version), (dueTicks, _order++));

    internal void Fail(Exception failure) => _failure ??= failure;

    /// <summary>Pieces that make each other ready again and again, without ever waiting, would be a processor that spins.</summary>
    private void RequireTimePasses(SimScheduler owner)
    {
        _pieces = Ticks - _piecesTicks < TimeSpan.TicksPerMillisecond ? _pieces + 1 : 0;
        _piecesTicks = _pieces == 0 ? Ticks : _piecesTicks;
        if (_pieces > PiecesMax)
        {
            throw new SimulationFailedException($"{PiecesMax} pieces ran within a millisecond, the last of them of {owner.Name}: something spins");
        }
    }

    private bool FireNext(long limitTicks)
    {
        while (_timers.TryPeek(out (SimTimer Timer, int Version) next, out (long DueTicks, long Order) when))
        {
            if (!next.Timer.IsArmed(next.Version))
            {
                _timers.Dequeue();
                continue;
            }

            if (when.DueTicks > limitTicks)
            {
                return false;
            }

            _timers.Dequeue();
            Ticks = Math.Max(Ticks, when.DueTicks);
            next.Timer.Fire();
            return true;
        }

        return false;
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
        {
            _failure = null;
            throw failure is SimulationFailedException ? failure : new SimulationFailedException($"an exception escaped: {failure}", failure);
        }
    }
}
