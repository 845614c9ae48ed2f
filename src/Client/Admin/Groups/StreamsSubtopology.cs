namespace Moldau.Client;

/// <summary>A part of a topology whose tasks run by themselves. Immutable.</summary>
/// <param name="SubtopologyId">Its id.</param>
/// <param name="SourceTopics">What it reads.</param>
/// <param name="RepartitionSinkTopics">The repartition topics that it writes.</param>
/// <param name="StateChangelogTopics">The changelogs of its stores.</param>
/// <param name="RepartitionSourceTopics">The repartition topics that it reads.</param>
public sealed record StreamsSubtopology(
    string SubtopologyId,
    IReadOnlyList<string> SourceTopics,
    IReadOnlyList<string> RepartitionSinkTopics,
    IReadOnlyList<StreamsTopicInfo> StateChangelogTopics,
    IReadOnlyList<StreamsTopicInfo> RepartitionSourceTopics);
