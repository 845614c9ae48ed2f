using Moldau.Client;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary>Topics as several commands read them.</summary>
internal static class TopicReading
{
    /// <summary>Descriptions of the topics that were asked for, by name; all when none was.</summary>
    /// <exception cref="CliException">Nothing is called so.</exception>
    public static async Task<IReadOnlyList<TopicDescription>> DescribeAsync(Session session, IReadOnlyList<string> asked, bool withInternal, CancellationToken cancellationToken, bool mayBeNone = false)
    {
        IReadOnlyList<TopicListing> all = await session.Admin.ListTopicsAsync(new ListTopicsOptions { ListInternal = withInternal }, cancellationToken);
        IReadOnlyList<string> names = TopicFilter.Choose(asked, all.Select(topic => topic.Name));
        if (names.Count == 0 && asked.Count > 0 && !mayBeNone)
        {
            throw CliException.Failed($"there is no topic {string.Join(", ", asked)}", Failures.NextStep(ErrorCode.UnknownTopicOrPartition));
        }

        var described = await session.Admin.DescribeTopicsAsync(names, null, cancellationToken);
        // A topic that was deleted since it was listed is no topic any more.
        return [.. names.Where(name => described[name].Error is not { Code: ErrorCode.UnknownTopicOrPartition }).Select(name => described[name].Value)];
    }

    /// <summary>The configurations of topics; those that this user may not see are left out.</summary>
    public static async Task<IReadOnlyDictionary<string, Config>> ConfigsAsync(Session session, IEnumerable<string> topics, CancellationToken cancellationToken)
    {
        var results = await session.Admin.DescribeConfigsAsync(topics.Select(ConfigResource.Topic), null, cancellationToken);
        return results.Where(result => result.Value.IsSuccess).ToDictionary(result => result.Key.Name, result => result.Value.Value);
    }
}
