using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    /// <summary>Patterns are not looked up more often than this.</summary>
    private const long PatternRefreshPauseMs = 10_000;

    /// <summary>The newest metadata with topics that patterns have not seen, by its offset; -1 before the first.</summary>
    private long _newTopicsOffset = -1;

    private static string PatternKey(GroupId group) => $"{group}-regex";

    /// <summary>Takes in the member's pattern, and has the group's patterns looked up by a worker where they are new or topics have been made since.</summary>
    private PatternChange UpdatePatterns(
        ConsumerGroup group, ConsumerGroupCaller caller, ConsumerGroupMember member, ConsumerGroupMember updated, List<CoordinatorRecord> records)
    {
        var change = PatternChange.None;
        var mustRefresh = false;
        if (member.SubscribedTopicRegex != updated.SubscribedTopicRegex)
        {
            (change, mustRefresh) = ChangePattern(group, member.Regex, updated.Regex, records);
        }

        if ((!mustRefresh && group.SubscribedPatterns.Count == 0) || _context.Executor.IsScheduled(PatternKey(group.Id)))
        {
            return change;
        }

        var now = NowMs;
        var lastMs = group.LastResolvedMs;
        if (lastMs != long.MinValue && now <= lastMs + PatternRefreshPauseMs)
        {
            return change;
        }

        var patterns = group.SubscribedPatterns.ToHashSet(StringComparer.Ordinal);
        if (member.Regex is { } old && old != updated.Regex && group.PatternMemberCount(old) <= 1)
        {
            patterns.Remove(old);
        }

        if (updated.Regex is { } added)
        {
            patterns.Add(added);
        }

        mustRefresh |= patterns.Count != group.ResolvedPatternTexts.Count
            || group.LastResolvedVersion < _newTopicsOffset
            || (lastMs != long.MinValue && now > lastMs + Options.RegexRefreshIntervalMs);
        if (mustRefresh && patterns.Count > 0)
        {
            Resolve(group.Id, caller, patterns);
        }

        return change;
    }

    private static (PatternChange Change, bool MustRefresh) ChangePattern(ConsumerGroup group, string? before, string? after, List<CoordinatorRecord> records)
    {
        if (before is not null && before != after && group.PatternMemberCount(before) == 1)
        {
            records.Add(ConsumerGroupRecords.PatternTombstone(group.Id, before));
        }

        if (after is null)
        {
            return (before is null ? PatternChange.Updated : PatternChange.Resolved, false);
        }

        if (group.PatternMemberCount(after) > 0)
        {
            return (group.Resolved(after) is null ? PatternChange.Updated : PatternChange.Resolved, false);
        }

        if (!TopicPattern.TryParse(after, out _, out var error))
        {
            throw new CoordinatorException(
                ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex `{after}` is not a valid regular expression: {error}.");
        }

        return (PatternChange.Updated, true);
    }

    private void Resolve(GroupId groupId, ConsumerGroupCaller caller, IReadOnlySet<string> patterns)
    {
        var image = _image;
        var now = NowMs;
        _context.Executor.Schedule(
            PatternKey(groupId),
            () => TopicPatternResolver.Resolve(patterns, image, now, caller.Describable),
            (resolved, failure) => TakeResolved(groupId, resolved, failure));
    }

    private CoordinatorResult<bool> TakeResolved(GroupId groupId, Dictionary<string, ResolvedPattern>? resolved, Exception? failure)
    {
        if (resolved is null)
        {
            Logger.LogError(failure, "[GroupId {Group}] Couldn't update regular expressions due to: {Reason}", groupId, failure?.Message);
            return false;
        }

        if (_groups.Find(groupId) is not ConsumerGroup group)
        {
            return false;
        }

        var records = new List<CoordinatorRecord>();
        var used = new Dictionary<string, ResolvedPattern>(StringComparer.Ordinal);
        var bump = false;
        foreach (var (pattern, topics) in resolved.OrderBy(pattern => pattern.Key, StringComparer.Ordinal))
        {
            if (group.PatternMemberCount(pattern) > 0)
            {
                bump |= !topics.Topics.Equals(group.Resolved(pattern)?.Topics ?? TopicNameSet.Empty);
                used.Add(pattern, topics);
                records.Add(ConsumerGroupRecords.Pattern(groupId, pattern, topics));
            }
        }

        var hash = HashOf(group.PlanTopicsWith(used).Keys);
        if (bump || hash != group.MetadataHash)
        {
            var epoch = group.Epoch + 1;
            records.Add(ConsumerGroupRecords.Epoch(groupId, epoch, hash));
            Logger.LogInformation("[GroupId {Group}] Bumped group epoch to {Epoch} with metadata hash {Hash}.", groupId, epoch, hash);
            group.SetMetadataRefreshed(epoch);
        }

        return new(records, true);
    }
}
