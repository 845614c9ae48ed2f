namespace Moldau.Cli.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_a_sixteenth()
    {
        var histogram = new LatencyHistogram();
        for (int ms = 1; ms <= 10_000; ms++)
        {
            histogram.Add(ms);
        }

        histogram.Count.ShouldBe(10_000);
        histogram.MaxMs.ShouldBe(10_000);
        histogram.MeanMs.ShouldBe(5000.5);
        foreach (double percent in new[] { 1, 50, 95, 99, 99.9 })
        {
            double exact = percent * 100;
            ((double)histogram.PercentileMs(percent)).ShouldBeInRange(exact, exact * 17 / 16, $"p{percent}");
        }
    }

    [Fact]
    public void Nothing_and_negative_are_zero()
    {
        var histogram = new LatencyHistogram();
        histogram.PercentileMs(99).ShouldBe(0);
        histogram.MeanMs.ShouldBe(0);
        histogram.Add(-5);
        histogram.MaxMs.ShouldBe(0);
        histogram.PercentileMs(100).ShouldBe(0);
    }

    [Fact]
    public void Very_long_times_fit()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(long.MaxValue);
        histogram.PercentileMs(50).ShouldBe(long.MaxValue);
    }
}
