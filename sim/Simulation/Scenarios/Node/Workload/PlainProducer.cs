using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>Sends batches without sequences, each once, with acks 0, 1 or all.</summary>
internal sealed class PlainProducer(NodeRun run, SimClient client, SimRandom random) : Behaviour(run, client, random)
{
    protected override async Task DoOneAsync()
    {
        if (Run.PickPartition(Random) is not { } partition)
        {
            return;
        }

        short acks = (short)(Random.Next(3) - 1);
        SentBatch batch = Run.NewBatch(partition, Random, -1, -1, -1, acks);
        Note($"sends batch {batch.Number} of {batch.Records.Count} to {partition.Name}, acks {acks}");
        bool byId = Random.OneIn(2);
        ProduceRequest request = Requests.Produce(partition, batch, byId);
        short version = byId ? (short)13 : (short)9;
        if (!byId)
        {
            Run.SendByName(partition, batch);
        }

        if (acks == 0)
        {
            await Client.SendAsync(request, version);
            return;
        }

        ProduceResponse response = await Client.CallAsync<ProduceResponse>(request, version);
        ProduceResponse.PartitionProduceResponse answer = response.Responses.Single().PartitionResponses.Single();
        Note($"batch {batch.Number}: {answer.ErrorCode} at {(long)answer.BaseOffset}");
        if (answer.ErrorCode == ErrorCode.None)
        {
            // By name it may have come to a topic that was made in the place of the one that it was meant for.
            if (byId || partition.Topic.State == TopicState.Live)
            {
                partition.Acknowledge(batch, answer.BaseOffset);
            }

            Run.Arrive(batch);
            return;
        }

        Run.RequireMayFail(partition, answer.ErrorCode, answer.ErrorMessage);
    }
}
