using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

/// <summary>G6: what a coordinator knows is what the replay of its log gives, whatever happened, and whatever compaction took away.</summary>
public sealed class CoordinatorReplayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Coordinator_reload_equals_replay(int seed)
    {
#pragma warning disable CA5394 // Nothing here is secret; the point is that it repeats.
        var random = new Random(seed);
        using var harness = new ClassicGroupHarness(seed);
        string[] topics = ["a", "b", "c"];
        var open = new HashSet<long>();
        for (var step = 0; step < 400; step++)
        {
            var topic = topics[random.Next(topics.Length)];
            var producer = random.Next(3);
            harness.Runtime.Log.AppendError = random.Next(20) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
            switch (random.Next(8))
            {
                case 0 or 1:
                    harness.Commit(step, topic: topic);
                    break;
                case 2 or 3:
                    if (harness.CommitInTransaction(producer, step, topic: topic) == ErrorCode.None)
                    {
                        open.Add(producer);
                    }

                    break;
                case 4 when harness.Runtime.Log.AppendError == ErrorCode.None && open.Remove(producer):
                    harness.EndTransaction(producer, random.Next(2) == 0);
                    break;
                case 5:
                    harness.DeleteOffset(topic);
                    break;
                case 6 when harness.Runtime.Log.AppendError == ErrorCode.None && random.Next(4) == 0:
                    var joining = harness.BeginJoin(instanceId: $"i{random.Next(2)}");
                    harness.Runtime.Advance(3100);
                    if (joining.IsCompleted && ClassicGroupHarness.Answer(joining) is { ErrorCode: ErrorCode.None, Members.Count: > 0 } joined)
                    {
                        harness.Sync(joined, (joined.MemberId, $"{step}"));
                    }

                    break;
                case 7 when random.Next(8) == 0:
                    harness.Delete();
                    break;
            }
        }

        // Members that are only in memory are gone by then: their sessions have ended.
        harness.Runtime.Log.AppendError = ErrorCode.None;
        harness.Runtime.Advance(400_000, stepMs: 1000);
        var before = harness.Durable();
        harness.Runtime.Restart();
        harness.Durable().ShouldBe(before, $"seed {seed}");
#pragma warning restore CA5394
    }
}
