using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>As with Kafka's Java producer, a transaction of which a record has failed cannot be committed, also when that record never came into a batch.</summary>
public sealed class TransactionFailureTests : IAsyncDisposable
{
    private static readonly TimeSpan MaxBlock = TimeSpan.FromSeconds(3);
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedBroker _broker;
    private readonly Producer _producer;
    private readonly List<string> _ends = [];
    private volatile bool _isTopicThere;

    public TransactionFailureTests()
    {
        var network = new MemoryNetwork();
        _broker = new ScriptedBroker(network, Answer);
        _producer = new Producer(new ProducerOptions
        {
            BootstrapServers = "broker:9092",
            ClientId = "test",
            TransactionalId = "id",
            MaxBlock = MaxBlock,
            Linger = TimeSpan.Zero,
            MaxRequestSizeBytes = 1000,
            Seams = new ClientSeams { Network = network, Time = _time },
        });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _producer.DisposeAsync();
        _broker.Dispose();
    }

    [Fact]
    public async Task A_transaction_is_not_committed_without_records_whose_topic_was_not_found()
    {
        await _producer.InitTransactionsAsync(Cancellation);
        _producer.BeginTransaction();
        Task first = _producer.SendAsync("topic", "1"u8, Cancellation).AsTask();
        Task second = _producer.PostAsync("topic", "2"u8, Cancellation).AsTask();
        Task commit = _producer.CommitTransactionAsync(Cancellation);
        _time.Advance(MaxBlock);

        (await Should.ThrowAsync<KafkaException>(first)).Code.ShouldBe(ErrorCode.RequestTimedOut);
        await Should.ThrowAsync<KafkaException>(second);
        await ShouldNeedAbortAsync(commit, ErrorCode.RequestTimedOut);
        await ShouldGoOnAfterAbortAsync();
    }

    [Fact]
    public async Task A_transaction_is_not_committed_without_a_record_that_is_too_large()
    {
        _isTopicThere = true;
        await _producer.InitTransactionsAsync(Cancellation);
        _producer.BeginTransaction();
        await _producer.SendAsync("topic", "known from now on"u8, Cancellation);
        Should.Throw<KafkaException>(() => _ = _producer.TryPost(new ProducerRecord("topic", new byte[1001]))).Code.ShouldBe(ErrorCode.MessageTooLarge);

        await ShouldNeedAbortAsync(_producer.CommitTransactionAsync(Cancellation), ErrorCode.MessageTooLarge);
        await ShouldGoOnAfterAbortAsync();
    }

    [Fact]
    public async Task A_record_that_fails_when_its_transaction_is_over_does_not_fail_the_next_one()
    {
        await _producer.InitTransactionsAsync(Cancellation);
        _producer.BeginTransaction();
        Task late = _producer.SendAsync("topic", "late"u8, Cancellation).AsTask();
        await _producer.AbortTransactionAsync(Cancellation);
        _producer.BeginTransaction();
        Task commit = _producer.CommitTransactionAsync(Cancellation);
        _time.Advance(MaxBlock);

        (await Should.ThrowAsync<KafkaException>(late)).Code.ShouldBe(ErrorCode.RequestTimedOut);
        await commit;
    }

    [Fact]
    public async Task A_record_that_the_application_has_given_up_does_not_fail_the_transaction()
    {
        await _producer.InitTransactionsAsync(Cancellation);
        _producer.BeginTransaction();
        using var givesUp = new CancellationTokenSource();
        Task given = _producer.SendAsync("topic", "given up"u8, givesUp.Token).AsTask();
        await givesUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(given);
        await _producer.CommitTransactionAsync(Cancellation);
    }

    private static async Task ShouldNeedAbortAsync(Task commit, ErrorCode code)
    {
        TransactionException failure = await Should.ThrowAsync<TransactionException>(commit);
        failure.IsFatal.ShouldBeFalse();
        failure.Code.ShouldBe(code);
        failure.Message.ShouldContain("must be aborted");
    }

    private async Task ShouldGoOnAfterAbortAsync()
    {
        _ends.ShouldNotContain("commit");
        await _producer.AbortTransactionAsync(Cancellation);
        _producer.BeginTransaction();
        await _producer.CommitTransactionAsync(Cancellation);
    }

    private IResponse? Answer(IRequest request, short version) => request switch
    {
        MetadataRequest metadata => Metadata(metadata),
        FindCoordinatorRequest find => new FindCoordinatorResponse
        {
            Coordinators = [.. find.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = 1, Host = "broker", Port = 9092 })],
        },
        InitProducerIdRequest => new InitProducerIdResponse { ProducerId = 7, ProducerEpoch = 0 },
        AddPartitionsToTxnRequest add => new AddPartitionsToTxnResponse
        {
            ResultsByTopicV3AndBelow =
            [
                .. add.V3AndBelowTopics.Select(topic => new AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
                {
                    Name = topic.Name,
                    ResultsByPartition = [.. topic.Partitions.Select(partition => new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult { PartitionIndex = partition })],
                }),
            ],
        },
        ProduceRequest produce => Produced(produce),
        EndTxnRequest end => End(end),
        _ => throw new InvalidOperationException($"nothing was expected of {request.ApiKey} {version}"),
    };

    private EndTxnResponse End(EndTxnRequest end)
    {
        _ends.Add(end.Committed ? "commit" : "abort");
        return new EndTxnResponse();
    }

    private MetadataResponse Metadata(MetadataRequest request) => new()
    {
        ClusterId = "test",
        ControllerId = 1,
        Brokers = [new MetadataResponse.MetadataResponseBroker { NodeId = 1, Host = "broker", Port = 9092, Rack = null }],
        Topics =
        [
            .. (request.Topics ?? []).Select(topic => _isTopicThere
                ? new MetadataResponse.MetadataResponseTopic
                {
                    Name = topic.Name,
                    TopicId = new Uuid(1, 2),
                    Partitions = [new MetadataResponse.MetadataResponsePartition { PartitionIndex = 0, LeaderId = 1, LeaderEpoch = 0, ReplicaNodes = [1], IsrNodes = [1] }],
                }
                : new MetadataResponse.MetadataResponseTopic { Name = topic.Name, ErrorCode = ErrorCode.UnknownTopicOrPartition }),
        ],
    };

    private static ProduceResponse Produced(ProduceRequest produce) => new()
    {
        Responses =
        [
            .. produce.TopicData.Select(topic => new ProduceResponse.TopicProduceResponse
            {
                Name = topic.Name,
                TopicId = topic.TopicId,
                PartitionResponses = [.. topic.PartitionData.Select(partition => new ProduceResponse.PartitionProduceResponse { Index = partition.Index, ErrorMessage = null })],
            }),
        ],
    };
}
