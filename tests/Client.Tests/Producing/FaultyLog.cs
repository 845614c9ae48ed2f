using System.Text;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>
/// A broker with one topic whose partitions take batches by the rules of idempotence, and that fails by chance: connections end before or after the write, answers are errors. Its numbers come from a
/// seed. The last word on what was written are <see cref="Values"/>.
/// </summary>
internal sealed class FaultyLog : IDisposable
{
    private const int RememberedBatches = 5;
    private readonly Random _random;
    private readonly int _faultsOf1000;
    private readonly ScriptedBroker _broker;
    private readonly PartitionLog[] _partitions;

    public FaultyLog(MemoryNetwork network, int seed, int partitions, int faultsOf1000)
    {
        _random = new Random(seed);
        _faultsOf1000 = faultsOf1000;
        _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionLog())];
        _broker = new ScriptedBroker(network, Answer);
    }

    /// <summary>How often it failed on purpose.</summary>
    public int Faults { get; private set; }

    /// <summary>How many more producers are told that an id cannot be had yet.</summary>
    public int IdsRefused { get; set; }

    /// <summary>What is in a partition, in its order.</summary>
    public List<string> Values(int partition) => _partitions[partition].Values;

    public void Dispose() => _broker.Dispose();

    /// <summary>One at a time: a connection that was closed may still be at its last request when the next one begins.</summary>
    private IResponse? Answer(IRequest request, short version)
    {
        lock (_random)
        {
            return request switch
            {
                MetadataRequest metadata => Metadata(metadata),
                InitProducerIdRequest when IdsRefused > 0 && IdsRefused-- > 0 => new InitProducerIdResponse { ErrorCode = ErrorCode.CoordinatorLoadInProgress },
                InitProducerIdRequest => new InitProducerIdResponse { ProducerId = 7, ProducerEpoch = 0 },
                ProduceRequest produce => Produce(produce),
                _ => throw new InvalidOperationException($"nothing was expected of {request.ApiKey} {version}"),
            };
        }
    }

    private MetadataResponse Metadata(MetadataRequest request) => new()
    {
        ClusterId = "test",
        ControllerId = 1,
        Brokers = [new MetadataResponse.MetadataResponseBroker { NodeId = 1, Host = "broker", Port = 9092, Rack = null }],
        Topics =
        [
            .. (request.Topics ?? []).Select(topic => new MetadataResponse.MetadataResponseTopic
            {
                Name = topic.Name,
                TopicId = new Uuid(1, 2),
                Partitions =
                [
                    .. Enumerable.Range(0, _partitions.Length).Select(index => new MetadataResponse.MetadataResponsePartition
                    {
                        PartitionIndex = index,
                        LeaderId = 1,
                        LeaderEpoch = 0,
                        ReplicaNodes = [1],
                        IsrNodes = [1],
                    }),
                ],
            }),
        ],
    };

    private ProduceResponse? Produce(ProduceRequest request)
    {
        bool isFault = _random.Next(1000) < _faultsOf1000;
        int kind = _random.Next(4);
        Faults += isFault ? 1 : 0;
        if (isFault && kind == 0)
        {
            _broker.CloseConnections();
            return null;
        }

        var response = new ProduceResponse();
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            var answers = new ProduceResponse.TopicProduceResponse { Name = topic.Name, TopicId = topic.TopicId };
            foreach (ProduceRequest.PartitionProduceData partition in topic.PartitionData)
            {
                var answer = new ProduceResponse.PartitionProduceResponse { Index = partition.Index, ErrorMessage = null };
                if (isFault && kind == 1 && _random.Next(2) == 0)
                {
                    answer.ErrorCode = ErrorCode.NotLeaderOrFollower;
                }
                else
                {
                    (answer.ErrorCode, long offset) = _partitions[partition.Index].Append(partition.Records!.Value);
                    answer.BaseOffset = offset;
                    answer.ErrorCode = isFault && kind == 2 && answer.ErrorCode == ErrorCode.None ? ErrorCode.RequestTimedOut : answer.ErrorCode;
                }

                answers.PartitionResponses.Add(answer);
            }

            response.Responses.Add(answers);
        }

        if (isFault && kind == 3)
        {
            // As after a kill: of a producer's batches only the last is remembered.
            Array.ForEach(_partitions, partition => partition.ForgetAllButLast());
            _broker.CloseConnections();
            return null;
        }

        return response;
    }

    /// <summary>A partition with what a leader knows of its one producer.</summary>
    private sealed class PartitionLog
    {
        private readonly List<(int First, int Last, long Offset)> _remembered = [];
        private short _epoch;

        public List<string> Values { get; } = [];

        public (ErrorCode Error, long Offset) Append(ReadOnlyMemory<byte> bytes)
        {
            var batch = new RecordBatchHeader(bytes.Span);
            batch.Crc.ShouldBe(batch.ComputeCrc());
            if (batch.ProducerEpoch < _epoch)
            {
                return (ErrorCode.InvalidProducerEpoch, -1);
            }

            if (batch.ProducerEpoch > _epoch)
            {
                _epoch = batch.ProducerEpoch;
                _remembered.Clear();
            }

            int first = batch.BaseSequence;
            int last = Sequences.Increment(first, batch.RecordsCount - 1);
            foreach ((int knownFirst, int knownLast, long offset) in _remembered)
            {
                if (knownFirst == first && knownLast == last)
                {
                    return (ErrorCode.None, offset);
                }
            }

            int expected = _remembered.Count == 0 ? 0 : Sequences.Increment(_remembered[^1].Last, 1);
            return first == expected ? Write(batch, first, last) : (ErrorCode.OutOfOrderSequenceNumber, -1);
        }

        public void ForgetAllButLast() => _remembered.RemoveRange(0, Math.Max(0, _remembered.Count - 1));

        private (ErrorCode Error, long Offset) Write(RecordBatchHeader batch, int first, int last)
        {
            long offset = Values.Count;
            using var decompressor = RecordDecompressor.Rent();
            RecordReader reader = RecordReader.Open(batch, decompressor);
            while (reader.MoveNext())
            {
                Values.Add(Encoding.UTF8.GetString(reader.Current.Value));
            }

            _remembered.Add((first, last, offset));
            if (_remembered.Count > RememberedBatches)
            {
                _remembered.RemoveAt(0);
            }

            return (ErrorCode.None, offset);
        }
    }
}
