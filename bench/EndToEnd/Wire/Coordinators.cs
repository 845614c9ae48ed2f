using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Wire;

/// <summary>Waits until the coordinators of groups or transactional ids are there; asking for the first one makes their topic.</summary>
internal static class Coordinators
{
    public const sbyte Group = 0;
    public const sbyte Transaction = 1;
    private const short Version = 4;
    private const short FetchVersion = 8;
    private const int PauseMs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Find(KafkaClient client, sbyte type, IEnumerable<string> keys)
    {
        List<string> wanted = [.. keys];
        Until.True(
            () => client.Call<FindCoordinatorResponse>(ApiKey.FindCoordinator, Version, new FindCoordinatorRequest { KeyType = type, CoordinatorKeys = wanted })
                .Coordinators.TrueForAll(found => found.ErrorCode == ErrorCode.None),
            Patience,
            PauseMs,
            () => $"there is no coordinator for {wanted[0]}");
    }

    /// <summary>The coordinators of these groups have read what is committed.</summary>
    public static void WaitUntilLoaded(KafkaClient client, IReadOnlyCollection<string> groups)
    {
        var request = new OffsetFetchRequest { Groups = [.. groups.Select(group => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = group, MemberId = null, Topics = null })] };
        Until.True(
            () => client.Call<OffsetFetchResponse>(ApiKey.OffsetFetch, FetchVersion, request).Groups.TrueForAll(group => group.ErrorCode == ErrorCode.None),
            Patience,
            PauseMs,
            () => "the coordinators of groups do not load");
    }
}
