using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>
/// The threads of one simulated process: tasks, continuations and worker calls become ready pieces of the world, which runs them one at a time in an order drawn from the seed.
/// A killed process never runs again: what it had ready is dropped.
/// </summary>
public sealed class SimScheduler : TaskScheduler, IWorkers
{
    private readonly SimWorld _world;

    public SimScheduler(SimWorld world, string name)
    {
        _world = world;
        Name = name;
        Time = new SimTime(world, this);
    }

    public string Name { get; }

    /// <summary>The process's clock; its timers run on this scheduler.</summary>
    public SimTime Time { get; }

    public bool IsAlive { get; private set; } = true;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>The process is gone, between two pieces or in the midst of one (which then throws <see cref="SimCrashException"/>).</summary>
    public void Kill()
    {
        IsAlive = false;
        _world.Forget(this);
    }

    public void Run(Action work) => Start(() =>
    {
        work();
        return Task.CompletedTask;
    });

    /// <summary>Starts a piece of the process whose failure is a failure of the simulation.</summary>
    public Task Start(Func<Task> work)
    {
        Task task = Call(work);
        task.ContinueWith(Escaped, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnFaulted, Default);
        return task;
    }

    /// <summary>Starts a piece of the process; the task carries what it throws.</summary>
    public Task Call(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>As <see cref="Call(Func{Task})"/>, with a result.</summary>
    public Task<T> Call<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    internal void Execute(Task task)
    {
        if (IsAlive)
        {
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task)
    {
        if (IsAlive)
        {
            _world.Enqueue(this, task);
        }
    }

    /// <summary>Never inline: each continuation is a step of its own.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Escaped(Task task)
    {
        Exception failure = task.Exception!.GetBaseException();
        if (IsAlive && failure is not SimCrashException)
        {
            _world.Fail(failure);
        }
    }
}
