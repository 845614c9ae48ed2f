using Microsoft.Extensions.Logging;
using Moldau.Client;

namespace Moldau.Simulation;

/// <summary>An application with the client library in a process of its own, which dies now and then and is started again.</summary>
internal abstract class LibraryClient(LibraryRun run, string name, string address, SimRandom random)
{
    private int _lives;

    public string Name => name;

    /// <summary>What this application is still at, once faults have ended; null for nothing.</summary>
    public abstract string? Unfinished { get; }

    protected LibraryRun Run => run;

    protected SimRandom Random => random;

    protected SimWorld World => run.World;

    protected SimScheduler Process { get; private set; } = null!;

    /// <summary>Name and life.</summary>
    protected string Life => Process.Name;

    protected bool IsAlive => Process is { IsAlive: true };

    public void Start()
    {
        Process = new SimScheduler(World, $"{name}.{++_lives}");
        Begin();
        _ = Process.Start(LiveAsync);
    }

    public void StartWhenDead()
    {
        if (!IsAlive)
        {
            Start();
        }
    }

    /// <summary>The process is gone, without a word to anybody; it comes back after a while.</summary>
    public void Die(bool silently, int ms)
    {
        if (!IsAlive)
        {
            return;
        }

        Note("dies");
        run.Network.Kill(Process, silently);
        Process.Kill();
        World.At(World.Ticks + (ms * TimeSpan.TicksPerMillisecond), StartWhenDead);
    }

    /// <summary>Nothing goes to and from the application for a while, and nobody tells it.</summary>
    public void CutOff(int ms)
    {
        if (IsAlive)
        {
            Note($"is cut off for {ms} ms");
            run.Network.CutOff(Process, World.Ticks + (ms * TimeSpan.TicksPerMillisecond));
        }
    }

    /// <summary>Between two steps of the world.</summary>
    public virtual void CheckStep()
    {
    }

    /// <summary>A life begins: what the one before had under way is lost.</summary>
    protected abstract void Begin();

    protected abstract Task LiveAsync();

    protected ClientSeams Seams() => new()
    {
        Network = run.Network.For(Process, address),
        Time = Process.Time,
        Entropy = new SimEntropy(random.Fork()),
        Logging = new SimLogging(World, Process.Name),
    };

    /// <summary>What all consumers have alike: they wait shortly, so that much happens in little time.</summary>
    protected ConsumerOptions ReaderOptions() => new()
    {
        BootstrapServers = Run.Bootstrap,
        ClientId = Process.Name,
        Seams = Seams(),
        OffsetReset = OffsetReset.Earliest,
        RequestTimeout = TimeSpan.FromSeconds(Run.IsCalm ? 30 : 1),
        ConnectionSetupTimeout = TimeSpan.FromSeconds(1),
        FetchMaxWait = TimeSpan.FromMilliseconds(300),
        RetryBackoff = TimeSpan.FromMilliseconds(20),
        RetryBackoffMax = TimeSpan.FromMilliseconds(200),
    };

    protected void Note(string what) => World.Note($"{Process.Name}: {what}");

    protected Task PauseAsync(int ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), Process.Time);
}
