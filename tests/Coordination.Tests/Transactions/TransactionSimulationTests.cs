namespace Moldau.Coordination.Tests;

/// <summary>The invariants of transactions over random histories. A failure names its seed: MOLDAU_SEED=N begins there, MOLDAU_SEEDS=N plays so many.</summary>
public sealed class TransactionSimulationTests
{
    private const int Steps = 250;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_invariants_hold_over_random_histories(short version)
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEED"), out var seed) ? seed : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEEDS"), out var seeds) ? seeds : 40;
        for (var i = first; i < first + count; i++)
        {
            try
            {
                using var world = new TransactionWorld(i, version);
                world.Play(Steps);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {i}, version {version}: {failure.Message}", failure);
            }
        }
    }
}
