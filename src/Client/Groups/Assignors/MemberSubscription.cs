using Moldau.Core;

namespace Moldau.Client;

/// <summary>What one member of a classic group told its leader when it joined. Immutable.</summary>
public sealed record MemberSubscription(string MemberId, IReadOnlyList<string> Topics)
{
    /// <summary>The name of a static member (KIP-345), or null.</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>What the member said it owns; empty for members that gave everything up before they joined.</summary>
    public IReadOnlyList<TopicPartition> OwnedPartitions { get; init; } = [];

    /// <summary>The generation in which it was given them, or null when its subscription is too old to say (KIP-792).</summary>
    public int? GenerationId { get; init; }

    /// <summary>Where the member is (KIP-881), or null.</summary>
    public string? RackId { get; init; }

    /// <summary>What its assignor added, or null.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }
}
