using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>Reads a partition from some offset on, with or without a fetch session, and compares.</summary>
internal sealed class Consumer(NodeRun run, SimClient client, SimRandom random) : Behaviour(run, client, random)
{
    private PartitionModel? _partition;
    private long _position;
    private int _losses;

    protected override async Task DoOneAsync()
    {
        if (_partition is null or { Topic.State: not TopicState.Live } || Random.OneIn(10))
        {
            _partition = Run.PickPartition(Random);
            if (_partition is null)
            {
                return;
            }

            _position = Random.NextInt64(_partition.Start, Math.Max(_partition.Start, _partition.Acknowledged) + 1);
            _losses = _partition.Losses;
        }

        PartitionModel partition = _partition;
        if (partition.Losses != _losses)
        {
            _position = Math.Min(_position, partition.HighWatermark);
            _losses = partition.Losses;
        }

        int maxWaitMs = Random.OneIn(3) ? Random.Next(300) : 0;
        FetchResponse response = await Client.CallAsync<FetchResponse>(
            Requests.Fetch(partition, _position, Random.Next(1, 5000), maxWaitMs, (sbyte)Random.Next(2)), 17);
        partition.Require(response.ErrorCode == ErrorCode.None, $"fetch is refused with {response.ErrorCode}");
        if (response.Responses.Count == 0)
        {
            return;
        }

        FetchResponse.PartitionData data = response.Responses.Single().Partitions.Single();
        if (data.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            Note($"{partition.Name}: offset {_position} is out of range");
            Run.RequireGone(partition, _position);
            _partition = null;
            return;
        }

        if (data.ErrorCode != ErrorCode.None)
        {
            Note($"{partition.Name}: {data.ErrorCode}");
            Run.RequireMayFail(partition, data.ErrorCode, null);
            _partition = null;
            return;
        }

        partition.HighWatermark = Math.Max(partition.HighWatermark, data.HighWatermark);
        long next = NodeChecks.TakeFetched(partition, _position, data);
        if (next > _position)
        {
            Note($"reads {partition.Name} from {_position} to {next}, high watermark {(long)data.HighWatermark}");
        }

        _position = next;
    }
}
