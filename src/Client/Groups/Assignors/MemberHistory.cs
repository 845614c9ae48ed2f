using Moldau.Core;

namespace Moldau.Client;

/// <summary>What a member had, and in which generation; null when it does not say.</summary>
internal readonly record struct MemberHistory(IReadOnlyList<TopicPartition> Partitions, int? Generation);
