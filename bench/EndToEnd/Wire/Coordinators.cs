using System.Diagnostics;
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

    public static void Find(KafkaClient client, sbyte type, IEnumerable<string> keys)
    {
        List<string> wanted = [.. keys];
        long began = Stopwatch.GetTimestamp();
        while (client.Call<FindCoordinatorResponse>(ApiKey.FindCoordinator, Version, new FindCoordinatorRequest { KeyType = type, CoordinatorKeys = wanted })
            .Coordinators.Exists(found => found.ErrorCode != ErrorCode.None))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new BenchException($"there is no coordinator for {wanted[0]}");
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>The coordinators of these groups have read what is committed.</summary>
    public static void WaitUntilLoaded(KafkaClient client, IReadOnlyCollection<string> groups)
    {
        var request = new OffsetFetchRequest { Groups = [.. groups.Select(group => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = group, MemberId = null, Topics = null })] };
        long began = Stopwatch.GetTimestamp();
        while (client.Call<OffsetFetchResponse>(ApiKey.OffsetFetch, FetchVersion, request).Groups.Exists(group => group.ErrorCode != ErrorCode.None))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new BenchException("the coordinators of groups do not load");
            }

            Thread.Sleep(5);
        }
    }
}
