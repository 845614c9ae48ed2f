using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>Random histories of a compacted log against a list of everything that was ever appended; a failure names its seed.</summary>
public sealed class CompactionPropertyTests
{
    [Fact]
    public async Task Random_histories_keep_what_compaction_must_keep()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEED"), out var seed) ? seed : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEEDS"), out var many) ? many : 12;
        long dropped = 0;
        long compactions = 0;
        for (seed = first; seed < first + count; seed++)
        {
            var history = new CompactionHistory(seed);
            await history.Run(steps: 160);
            dropped += history.Dropped;
            compactions += history.Compactions;
        }

        compactions.ShouldBeGreaterThan(50, "the histories compact");
        dropped.ShouldBeGreaterThan(500, "and something goes");
    }
}
