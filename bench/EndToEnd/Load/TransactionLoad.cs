using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Moldau.Core;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.EndToEnd.Load;

/// <summary>One producer with a transaction after the other (version 2, KIP-890): a batch to its partition, then the commit. What the server asks to be tried again is tried again at once.</summary>
internal sealed class TransactionLoad(IPEndPoint server, string transactionalId, string topic, int partition, int recordsPerTransaction) : IDisposable
{
    private const short InitVersion = 5;
    private const short ProduceVersion = 12;
    private const short EndVersion = 5;
    private const int RecordBytes = 100;
    private const int CrcAt = 17;
    private const int CrcStart = 21;
    private const int ProducerEpochAt = 51;
    private readonly AsyncKafkaClient _client = new(server);
    private byte[] _batch = [];
    private long _producerId;
    private short _epoch;

    public long Committed { get; private set; }

    public int BatchBytes => _batch.Length;

    /// <summary>What the partition must hold: each transaction's records and its marker.</summary>
    public long OffsetsWritten => Committed * (recordsPerTransaction + 1);

    public async Task InitializeAsync()
    {
        InitProducerIdResponse got = await UntilTakenAsync(
            () => _client.CallAsync<InitProducerIdResponse>(ApiKey.InitProducerId, InitVersion, new InitProducerIdRequest { TransactionalId = transactionalId, TransactionTimeoutMs = 60_000 }),
            response => response.ErrorCode);
        (_producerId, _epoch) = (got.ProducerId, got.ProducerEpoch);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { ProducerId = _producerId, ProducerEpoch = _epoch, BaseSequence = 0, IsTransactional = true });
        for (int i = 0; i < recordsPerTransaction; i++)
        {
            builder.Append(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), null, new byte[RecordBytes]);
        }

        _batch = builder.BuildArray();
    }

    public async Task RunAsync(long deadline)
    {
        while (Stopwatch.GetTimestamp() < deadline)
        {
            // Each transaction has an epoch of its own, in which sequences begin at 0.
            BinaryPrimitives.WriteInt16BigEndian(_batch.AsSpan(ProducerEpochAt), _epoch);
            BinaryPrimitives.WriteUInt32BigEndian(_batch.AsSpan(CrcAt), Crc32C.Compute(_batch.AsSpan(CrcStart)));
            await UntilTakenAsync(ProduceAsync, response => response.Responses[0].PartitionResponses[0].ErrorCode);
            EndTxnResponse ended = await UntilTakenAsync(EndAsync, response => response.ErrorCode);
            if (ended.ProducerId != _producerId)
            {
                throw new BenchException("the epochs of a producer id were used up: run for a shorter time");
            }

            _epoch = ended.ProducerEpoch;
            Committed++;
        }
    }

    public void Dispose() => _client.Dispose();

    private Task<ProduceResponse> ProduceAsync() => _client.CallAsync<ProduceResponse>(ApiKey.Produce, ProduceVersion, new ProduceRequest
    {
        TransactionalId = (TransactionalId)transactionalId,
        Acks = -1,
        TimeoutMs = 30_000,
        TopicData = [new ProduceRequest.TopicProduceData { Name = topic, PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = _batch }] }],
    });

    private Task<EndTxnResponse> EndAsync() => _client.CallAsync<EndTxnResponse>(
        ApiKey.EndTxn, EndVersion, new EndTxnRequest { TransactionalId = transactionalId, ProducerId = _producerId, ProducerEpoch = _epoch, Committed = true });

    private static async Task<T> UntilTakenAsync<T>(Func<Task<T>> call, Func<T, ErrorCode> errorOf)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            T response = await call();
            ErrorCode error = errorOf(response);
            if (error == ErrorCode.None)
            {
                return response;
            }

            if (error is not (ErrorCode.ConcurrentTransactions or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator) || Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
            {
                throw new BenchException($"a transaction failed: {error}");
            }
        }
    }
}
