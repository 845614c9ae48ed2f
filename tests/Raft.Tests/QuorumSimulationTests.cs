using Moldau.Simulation;

namespace Moldau.Raft.Tests;

/// <summary>Simulated quorums under faults: R1 to R5, R7 and R8 hold after each step, and the quorum goes on when the faults end.</summary>
public sealed class QuorumSimulationTests
{
    [Theory]
    [InlineData(1, false, 10)]
    [InlineData(3, false, 100)]
    [InlineData(5, false, 40)]
    [InlineData(4, true, 30)]
    [InlineData(5, true, 40)]
    public void A_quorum_keeps_its_invariants_through_loss_crashes_and_partitions(int replicas, bool isDynamic, int seeds)
    {
        long committed = 0;
        for (int seed = 1; seed <= seeds; seed++)
        {
            var simulation = new QuorumSimulation(seed, replicas, isDynamic);
            try
            {
                simulation.Run(faultsMs: 8_000, calmMs: 9_000);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, {replicas} replicas, dynamic {isDynamic}: {failure.Message}", failure);
            }
            committed += simulation.CommittedEnd;
        }
        committed.ShouldBeGreaterThan(seeds * 50, "the simulation must do work");
    }
}
