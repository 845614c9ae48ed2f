namespace Moldau.Client.Tests;

public class OffsetTrackerTests
{
    [Fact]
    public void Nothing_behind_a_gap_is_committable()
    {
        var tracker = new OffsetTracker();
        foreach (long offset in (long[])[5, 6, 9])
        {
            tracker.Begin(offset);
        }

        tracker.Complete(9).ShouldBeFalse();
        tracker.Complete(6).ShouldBeFalse();
        tracker.Committable.ShouldBe(-1);
        tracker.Complete(5).ShouldBeTrue();
        tracker.Committable.ShouldBe(10);
        tracker.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_agrees_with_a_set_of_what_is_not_done(int seed)
    {
        var random = new Random(seed);
        var tracker = new OffsetTracker();
        var open = new SortedSet<long>();
        var begun = new List<long>();
        long last = 0;
        for (int step = 0; step < 20_000; step++)
        {
            if (open.Count == 0 || random.Next(100) < 50)
            {
                last += random.Next(1, 4);
                tracker.Begin(last);
                begun.Add(last);
                open.Add(last);
            }
            else
            {
                long done = open.ElementAt(random.Next(Math.Min(open.Count, 50)));
                open.Remove(done);
                tracker.Complete(done);
            }

            if (open.Count == 0)
            {
                tracker.Committable.ShouldBe(last + 1, $"seed {seed}, step {step}");
            }
            else if (tracker.Committable >= 0)
            {
                tracker.Committable.ShouldBe(Before(begun, open.Min) + 1, $"seed {seed}, step {step}");
            }
        }
    }

    /// <summary>The last offset that was begun before this one.</summary>
    private static long Before(List<long> begun, long offset)
    {
        int index = begun.BinarySearch(offset);
        return index == 0 ? -1 : begun[index - 1];
    }
}
