using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Load;

/// <summary>Offset commits of a group without members, of all partitions of a topic at once.</summary>
internal static class CommitRequests
{
    public const short Version = 8;

    public static OffsetCommitRequest Of(string group, string topic, int partitions) => new()
    {
        GroupId = group,
        GroupInstanceId = null,
        Topics =
        [
            new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic,
                Partitions = [.. Enumerable.Range(0, partitions).Select(index => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = index, CommittedOffset = 1 })],
            },
        ],
    };

    /// <summary>Everything was committed.</summary>
    public static void Check(ReadOnlyMemory<byte> answer)
    {
        var reader = new MessageReader(answer);
        Check(OffsetCommitResponse.Read(ref reader, Version));
    }

    public static void Check(OffsetCommitResponse response)
    {
        if (response.Topics[0].Partitions.Find(partition => partition.ErrorCode != ErrorCode.None) is { } refused)
        {
            throw new BenchException($"a commit was refused: {refused.ErrorCode}");
        }
    }
}
