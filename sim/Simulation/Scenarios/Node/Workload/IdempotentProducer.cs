using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>
/// Sends batches with sequences to one partition at a time, up to five under way, and sends again, in order, whatever was not answered, as Kafka's producer does: each batch must be there once.
/// </summary>
internal sealed class IdempotentProducer(NodeRun run, SimClient client, SimRandom random) : Behaviour(run, client, random)
{
    private const long DeliveryTimeoutMs = 120_000;
    private readonly List<SentBatch> _inFlight = [];
    private PartitionModel? _partition;
    private long _producerId = -1;
    private short _epoch;
    private int _nextSequence;
    private int _losses;
    private long _sentMs;
    private bool _isRetry;
    private bool _isOvertaken;

    protected override async Task DoOneAsync()
    {
        if (_inFlight.Count > 0 && Client.World.NowMs - _sentMs > DeliveryTimeoutMs)
        {
            Note("gives up what was not answered");
            Forget();
        }

        if (_partition is { Topic.State: not TopicState.Live } || (_inFlight.Count == 0 && Random.OneIn(20)))
        {
            Forget();
        }

        if (_producerId < 0)
        {
            await InitializeAsync();
            return;
        }

        if (_partition is null)
        {
            _partition = Run.PickPartition(Random);
            _nextSequence = 0;
            _losses = _partition?.Losses ?? 0;
            if (_partition is null)
            {
                return;
            }
        }

        if (_inFlight.Count == 0)
        {
            _sentMs = Client.World.NowMs;
            _isRetry = false;
            int batches = Random.Next(1, 6);
            for (int i = 0; i < batches; i++)
            {
                SentBatch batch = Run.NewBatch(_partition, Random, _producerId, _epoch, _nextSequence, -1);
                _nextSequence = OracleBatch.Wrap(_nextSequence, batch.Records.Count);
                _inFlight.Add(batch);
            }
        }

        await SendAllAsync(_partition);
    }

    private async Task InitializeAsync()
    {
        var response = await Client.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue }, 5);
        if (response.ErrorCode != ErrorCode.None)
        {
            Note($"no producer id: {response.ErrorCode}");
            Run.RequireMayFail(null, response.ErrorCode, null);
            return;
        }

        Run.RequireNewProducer(response.ProducerId);
        _producerId = response.ProducerId;
        _epoch = response.ProducerEpoch;
    }

    /// <summary>Sends what is not answered, all at once and in order, then takes the answers in order.</summary>
    private async Task SendAllAsync(PartitionModel partition)
    {
        Note($"sends {string.Join(", ", _inFlight.Select(batch => $"batch {batch.Number} sequence {batch.BaseSequence}"))} to {partition.Name}, producer {_producerId}");
        if (Run.Flaw.Other == OtherBug.DuplicateTaken && _isRetry)
        {
            // What the node would store again without sequences.
            RecordBatchSequences.Remove(_inFlight);
        }

        _isRetry = true;
        (SentBatch Batch, Task<ProduceResponse> Answer)[] calls =
            [.. _inFlight.Select(batch => (batch, Client.CallAsync<ProduceResponse>(Requests.Produce(partition, batch, byId: true), 13)))];
        SimClientException? lost = null;
        bool stopped = false;
        foreach ((SentBatch batch, Task<ProduceResponse> answer) in calls)
        {
            try
            {
                ProduceResponse response = await answer;
                stopped |= !Take(partition, batch, response.Responses.Single().PartitionResponses.Single(), stopped);
            }
            catch (SimClientException failure)
            {
                // Those behind it may have gone over another connection, and are refused then.
                lost = failure;
                stopped = true;
            }
        }

        if (lost is not null)
        {
            throw lost;
        }
    }

    /// <summary>False when the batch was not taken: those behind it are then refused as well.</summary>
    private bool Take(PartitionModel partition, SentBatch batch, ProduceResponse.PartitionProduceResponse answer, bool afterRefusal)
    {
        Note($"batch {batch.Number}: {answer.ErrorCode} at {(long)answer.BaseOffset}");
        if (answer.ErrorCode == ErrorCode.None)
        {
            partition.Acknowledge(batch, answer.BaseOffset);

            // Of a producer that a partition does not know any sequence is taken, as by Apache Kafka: what was lost before it then comes too late.
            _isOvertaken |= _inFlight.Count > 0 && _inFlight[0] != batch;
            _inFlight.Remove(batch);
            return true;
        }

        if (partition != _partition)
        {
            return false;
        }

        bool isSequence = answer.ErrorCode is ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId;
        if (isSequence && afterRefusal)
        {
            return false;
        }

        if (isSequence)
        {
            partition.Require(_isOvertaken || partition.Losses > _losses || Run.Checks.IsForgottenDuplicate(partition, batch), $"P1: batch {batch.Number} with sequence {batch.BaseSequence} of producer {_producerId} was refused with {answer.ErrorCode}, though nothing was lost");
            Forget();
            return false;
        }

        Run.RequireMayFail(partition, answer.ErrorCode, answer.ErrorMessage);
        return false;
    }

    /// <summary>Goes on with a new producer id; what was under way stays as it is, there or not.</summary>
    private void Forget()
    {
        _inFlight.Clear();
        _isOvertaken = false;
        _partition = null;
        _producerId = -1;
    }
}
