using Moldau.Core;

namespace Moldau.Client;

/// <summary>A member of a group of consumers. Immutable.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="GroupInstanceId">Its name that outlasts a restart; null when it is not static.</param>
/// <param name="ClientId">The client's id.</param>
/// <param name="Host">Where it is.</param>
/// <param name="Assignment">What it reads.</param>
public sealed record MemberDescription(string MemberId, string? GroupInstanceId, string ClientId, string Host, IReadOnlyList<TopicPartition> Assignment)
{
    /// <summary>Its rack; null when not known.</summary>
    public string? RackId { get; init; }

    /// <summary>What it shall read; null in a classic group.</summary>
    public IReadOnlyList<TopicPartition>? TargetAssignment { get; init; }

    /// <summary>How far it has come; null in a classic group.</summary>
    public int? MemberEpoch { get; init; }

    /// <summary>The topics that it subscribes to by name; null in a classic group.</summary>
    public IReadOnlyList<string>? SubscribedTopics { get; init; }

    /// <summary>The pattern that it subscribes by; null when there is none.</summary>
    public string? SubscribedTopicRegex { get; init; }

    /// <summary>Whether it speaks the consumer protocol in a group of that protocol; null when the broker does not tell (KIP-1099).</summary>
    public bool? IsUpgraded { get; init; }
}
