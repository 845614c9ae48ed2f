using System.Globalization;
using System.Text;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Simulation;

/// <summary>One life of a transactional producer, of version 1 or 2: its id and epoch, its sequences, its open transaction.</summary>
internal sealed class TransactionalSession(CoordinatorsRun run, SimClient client, string transactionalId, bool isVersion2)
{
    public const string Group = "exactly-once";
    private readonly Dictionary<int, int> _sequences = [];
    private long _producerId = -1;
    private short _epoch = -1;

    public bool IsVersion2 => isVersion2;

    public Transaction? Open { get; private set; }

    public void Begin() => Open = run.NewTransaction(transactionalId);

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{transactionalId} {_producerId}/{_epoch}");

    public async Task<ErrorCode> InitializeAsync()
    {
        await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = [transactionalId] }, 4);
        var answer = await client.CallAsync<InitProducerIdResponse>(
            new InitProducerIdRequest { TransactionalId = transactionalId, TransactionTimeoutMs = CoordinatorsRun.TransactionTimeoutMs, ProducerId = -1, ProducerEpoch = -1 }, 5);
        (_producerId, _epoch) = (answer.ProducerId, answer.ProducerEpoch);
        return answer.ErrorCode;
    }

    public async Task<ErrorCode> AddPartitionAsync(int partition)
    {
        var request = new AddPartitionsToTxnRequest
        {
            V3AndBelowTransactionalId = transactionalId,
            V3AndBelowProducerId = _producerId,
            V3AndBelowProducerEpoch = _epoch,
            V3AndBelowTopics = [new() { Name = CoordinatorsRun.Output, Partitions = [partition] }],
        };
        var answer = await client.CallAsync<AddPartitionsToTxnResponse>(request, 3);
        return answer.ResultsByTopicV3AndBelow.Single().ResultsByPartition.Single().PartitionErrorCode;
    }

    /// <summary>A batch of records with these numbers; the same bytes again when it is sent again.</summary>
    public ProduceRequest Batch(int partition, IReadOnlyList<long> numbers)
    {
        int sequence = _sequences.GetValueOrDefault(partition);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { ProducerId = _producerId, ProducerEpoch = _epoch, BaseSequence = sequence, IsTransactional = true });
        foreach (long number in numbers)
        {
            builder.Append(run.World.NowMs, null, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        }

        return new ProduceRequest
        {
            TransactionalId = transactionalId, Acks = -1, TimeoutMs = 20_000,
            TopicData = [new() { Name = CoordinatorsRun.Output, PartitionData = [new() { Index = partition, Records = builder.BuildArray() }] }],
        };
    }

    public async Task<ErrorCode> ProduceAsync(ProduceRequest request, int records)
    {
        var answer = await client.CallAsync<ProduceResponse>(request, isVersion2 ? (short)12 : (short)11);
        ErrorCode error = answer.Responses.Single().PartitionResponses.Single().ErrorCode;
        if (error == ErrorCode.None)
        {
            int partition = request.TopicData[0].PartitionData[0].Index;
            _sequences[partition] = _sequences.GetValueOrDefault(partition) + records;
        }

        return error;
    }

    public async Task<ErrorCode> AddOffsetsAsync() => (await client.CallAsync<AddOffsetsToTxnResponse>(
        new AddOffsetsToTxnRequest { TransactionalId = transactionalId, ProducerId = _producerId, ProducerEpoch = _epoch, GroupId = Group }, 3)).ErrorCode;

    public async Task<ErrorCode> CommitOffsetAsync(int partition, long offset)
    {
        var request = new TxnOffsetCommitRequest
        {
            TransactionalId = transactionalId, GroupId = Group, ProducerId = _producerId, ProducerEpoch = _epoch, GenerationIdOrMemberEpoch = -1, MemberId = "", GroupInstanceId = null,
            Topics = [new() { Name = CoordinatorsRun.Input, Partitions = [new() { PartitionIndex = partition, CommittedOffset = offset, CommittedLeaderEpoch = -1, CommittedMetadata = null }] }],
        };
        return (await client.CallAsync<TxnOffsetCommitResponse>(request, isVersion2 ? (short)5 : (short)4)).Topics.Single().Partitions.Single().ErrorCode;
    }

    /// <summary>Ends the transaction once; an answer of success gives the next epoch with version 2.</summary>
    public async Task<ErrorCode> EndAsync(bool commit)
    {
        Open!.MayCommit |= commit;
        bool said = run.Flaw.Other == OtherBug.DecisionTurned && run.World.Random.OneIn(20) ? !commit : commit;
        var answer = await client.CallAsync<EndTxnResponse>(
            new EndTxnRequest { TransactionalId = transactionalId, ProducerId = _producerId, ProducerEpoch = _epoch, Committed = said }, isVersion2 ? (short)5 : (short)4);
        if (answer.ErrorCode == ErrorCode.None && isVersion2)
        {
            Open.Require(answer.ProducerId != _producerId || answer.ProducerEpoch > _epoch, $"T6: the next epoch after {_epoch} is {answer.ProducerEpoch}");
            (_producerId, _epoch) = (answer.ProducerId, answer.ProducerEpoch);
            _sequences.Clear();
        }

        return answer.ErrorCode;
    }

    public void Close() => Open = null;
}
