namespace Moldau.Simulation;

/// <summary>
/// One client of the node scenario, with a process and connections of its own: it does one thing after the other while the world is busy, and rests while it is quiet. What it learns goes to
/// the model, which throws when it contradicts what was known. A new kind of client is a class beside these and a line in <see cref="NodeRun"/>.
/// </summary>
internal abstract class Behaviour(NodeRun run, SimClient client, SimRandom random)
{
    protected NodeRun Run { get; } = run;

    protected SimClient Client { get; } = client;

    protected SimRandom Random { get; } = random;

    public void Start() => _ = Client.Process.Start(RunAsync);

    /// <summary>Does one thing; a request without an answer may end it with <see cref="SimClientException"/>.</summary>
    protected abstract Task DoOneAsync();

    protected void Note(string what) => Client.World.Note($"{Client.Id}: {what}");

    protected Task PauseAsync(int ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), Client.Process.Time);

    private async Task RunAsync()
    {
        while (true)
        {
            await Run.WhenBusyAsync();
            Run.Active++;
            try
            {
                await DoOneAsync();
            }
            catch (SimClientException lost)
            {
                Note($"no answer: {lost.Message}");
                await PauseAsync(Random.Next(5, 50));
            }

            Run.Active--;
            await PauseAsync(Random.Next(1, 20));
        }
    }
}
