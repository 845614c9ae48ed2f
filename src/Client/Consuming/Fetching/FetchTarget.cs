using Moldau.Core;

namespace Moldau.Client;

/// <summary>What a fetch asks of one partition. Immutable.</summary>
internal readonly record struct FetchTarget(Uuid TopicId, long Offset, int LeaderEpoch, int BytesMax);
