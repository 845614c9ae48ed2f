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
}
