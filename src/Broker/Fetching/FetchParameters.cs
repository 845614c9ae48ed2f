using Moldau.Storage;

namespace Moldau.Broker.Fetching;

/// <summary>What a fetch request asks for as a whole.</summary>
/// <param name="ReplicaId">The broker id of a follower; negative for consumers.</param>
/// <param name="MaxWaitMs">How long to wait for <paramref name="MinBytes"/>.</param>
/// <param name="MinBytes">The answer may wait until it has so many bytes of records.</param>
/// <param name="MaxBytes">The answer holds no more than this, but for a first batch that is larger.</param>
/// <param name="Isolation">How far the read may go.</param>
internal readonly record struct FetchParameters(int ReplicaId, int MaxWaitMs, int MinBytes, int MaxBytes, FetchIsolation Isolation)
{
    public bool IsFromFollower => ReplicaId >= 0;
}
