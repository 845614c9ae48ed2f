namespace Moldau.Client.Tests;

public class WorkLanesTests
{
    [Fact]
    public void A_slow_piece_holds_up_its_own_lane_alone()
    {
        var lanes = new WorkLanes<string>();
        lanes.Add(1, "a1");
        lanes.Add(1, "a2");
        lanes.Add(2, "b1");
        lanes.Add(null, "free");

        Taken(lanes).ShouldBe(["a1", "b1", "free"]);
        lanes.Done(2);
        Taken(lanes).ShouldBeEmpty();
        lanes.Done(1);
        Taken(lanes).ShouldBe(["a2"]);
        lanes.Waiting.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_lane_is_in_order_and_has_one_piece_out_whatever_happens(int seed)
    {
        var random = new Random(seed);
        var lanes = new WorkLanes<Tuple<ulong, int>>();
        var next = new Dictionary<ulong, int>();
        var last = new Dictionary<ulong, int>();
        var running = new List<ulong>();
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    ulong lane = (ulong)random.Next(20);
                    lanes.Add(lane, Tuple.Create(lane, next[lane] = next.GetValueOrDefault(lane) + 1));
                    break;
                case < 7 when lanes.TryTake(out _, out Tuple<ulong, int>? taken):
                    running.ShouldNotContain(taken.Item1, $"seed {seed}, step {step}");
                    taken.Item2.ShouldBeGreaterThan(last.GetValueOrDefault(taken.Item1), $"seed {seed}, step {step}");
                    last[taken.Item1] = taken.Item2;
                    running.Add(taken.Item1);
                    break;
                case < 9 when running.Count > 0:
                    int index = random.Next(running.Count);
                    lanes.Done(running[index]);
                    running.RemoveAt(index);
                    break;
                case 9 when random.Next(100) == 0:
                    ulong unwanted = (ulong)random.Next(20);
                    lanes.RemoveAll(piece => piece.Item1 == unwanted);
                    break;
            }
        }

        running.ForEach(lane => lanes.Done(lane));
        while (lanes.TryTake(out ulong? lane, out _))
        {
            lanes.Done(lane);
        }

        lanes.Waiting.ShouldBe(0, $"seed {seed}");
    }

    private static List<string> Taken(WorkLanes<string> lanes)
    {
        var taken = new List<string>();
        while (lanes.TryTake(out _, out string? work))
        {
            taken.Add(work);
        }

        return taken;
    }
}
