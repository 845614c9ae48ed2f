using System.Globalization;
using System.Text.RegularExpressions;

namespace Moldau.Cli;

/// <summary>Which partitions of which topics: <c>orders:0</c>, <c>orders:2-5</c> without the last, <c>orders:3-</c>, <c>.*:-2</c>, <c>orders</c>. Immutable.</summary>
/// <param name="Topic">A regular expression over whole names.</param>
/// <param name="From">The first partition.</param>
/// <param name="Until">The first that is not meant any more.</param>
internal sealed record PartitionPattern(string Topic, int From = 0, int Until = int.MaxValue)
{
    /// <summary>What the options name together; none for all.</summary>
    /// <exception cref="CliException">They contradict each other, or one of them is no pattern.</exception>
    public static IReadOnlyList<PartitionPattern> Parse(IReadOnlyList<string> topics, IReadOnlyList<string> partitions, IReadOnlyList<string> patterns)
    {
        if (patterns.Count > 0 && topics.Count + partitions.Count > 0)
        {
            throw CliException.Usage("--topic-partitions says all: without --topic and --partitions");
        }

        int[] some =
        [
            .. partitions.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw CliException.Usage($"--partitions: '{text}' is no partition; it must be like 0,2")),
        ];
        IReadOnlyList<string> names = topics.Count == 0 && some.Length > 0 ? [".*"] : topics;
        return some.Length > 0
            ? [.. names.SelectMany(name => some.Select(partition => new PartitionPattern(name, partition, partition + 1)))]
            : [.. names.Select(name => new PartitionPattern(name)), .. patterns.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(One)];
    }

    public bool Covers(string topic, int partition) => partition >= From && partition < Until && TopicFilter.Choose([Topic], [topic]).Count > 0;

    private static PartitionPattern One(string text)
    {
        Match match = Regex.Match(text, "^(?<topic>[^:]*)(?::(?:(?<one>[0-9]+)|(?<from>[0-9]*)-(?<until>[0-9]*)))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        if (!match.Success)
        {
            throw CliException.Usage($"--topic-partitions {text}: it must be like orders:0, orders:0-3 or orders:5-");
        }

        string topic = match.Groups["topic"].Value is { Length: > 0 } name ? name : ".*";
        int Number(string group, int unless) => int.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : unless;
        return match.Groups["one"].Success ? new PartitionPattern(topic, Number("one", 0), Number("one", 0) + 1) : new PartitionPattern(topic, Number("from", 0), Number("until", int.MaxValue));
    }
}
