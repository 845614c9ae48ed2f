using Moldau.Metadata;

namespace Moldau.Coordination;

/// <summary>Looks up which topics patterns match, on a worker. Stateless.</summary>
internal static class TopicPatternResolver
{
    /// <summary>The topics of each pattern; none for one that is not valid (of a record that another release wrote).</summary>
    public static Dictionary<string, ResolvedPattern> Resolve(
        IReadOnlySet<string> patterns, MetadataImage image, long nowMs, Func<IReadOnlyCollection<string>, IReadOnlyCollection<string>>? describable)
    {
        var matching = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var text in patterns)
        {
            matching[text] = TopicPattern.TryParse(text, out var pattern, out _) ? [.. image.Topics.ByName.Keys.Where(pattern.Matches)] : [];
        }

        HashSet<string>? allowed = null;
        if (describable is not null)
        {
            allowed = describable(matching.Values.SelectMany(topics => topics).ToHashSet(StringComparer.Ordinal)).ToHashSet(StringComparer.Ordinal);
        }

        var resolved = new Dictionary<string, ResolvedPattern>(StringComparer.Ordinal);
        foreach (var (text, topics) in matching)
        {
            var visible = allowed is null ? topics : topics.Where(allowed.Contains);
            resolved[text] = new ResolvedPattern(TopicNameSet.Of(visible), image.Offset, nowMs);
        }

        return resolved;
    }
}
