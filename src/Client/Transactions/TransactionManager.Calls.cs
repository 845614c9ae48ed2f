using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <content>What the application calls, and the requests behind it.</content>
internal sealed partial class TransactionManager
{
    /// <summary>Above it the request has a form that only brokers use.</summary>
    private const short LastClientAddPartitionsVersion = 3;

    /// <summary>Above these versions the coordinator takes a request for one of transactions version 2.</summary>
    private const short LastVersion1EndTxn = 4;
    private const short LastVersion1OffsetCommit = 4;

    /// <summary>Above it the request has topic ids.</summary>
    private const short LastNameOffsetCommit = 5;

    private const string VersionFeature = "transaction.version";
    private static readonly TimeSpan ConcurrentWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Fences older producers of the id, has their transaction ended, and gets id and epoch.</summary>
    public async Task InitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Require(TransactionPhase.Uninitialized, nameof(Producer.InitTransactionsAsync));
        }

        await IdentifyAsync(ProducerIdentity.None, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _phase = TransactionPhase.Ready;
        }
    }

    /// <summary>Commits offsets along with the transaction: they count when it does.</summary>
    public async Task SendOffsetsAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, ConsumerGroupMetadata group, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Require(TransactionPhase.InTransaction, nameof(Producer.SendOffsetsToTransactionAsync));
            _isStarted |= offsets.Count > 0;
        }

        if (offsets.Count == 0)
        {
            return;
        }

        try
        {
            if (!IsVersion2)
            {
                var add = new AddOffsetsToTxnRequest { TransactionalId = transactionalId, ProducerId = _identity.Id, ProducerEpoch = _identity.Epoch, GroupId = group.GroupId };
                await RunAsync<AddOffsetsToTxnResponse>(
                    CoordinatorType.Transaction, transactionalId, add, short.MaxValue, static response => response.ErrorCode, $"adding the offsets of group {group.GroupId} to the transaction", cancellationToken)
                    .ConfigureAwait(false);
            }

            await RunAsync<TxnOffsetCommitResponse>(
                CoordinatorType.Group,
                group.GroupId,
                OffsetCommit(offsets, group),
                IsVersion2 ? LastNameOffsetCommit : LastVersion1OffsetCommit,
                WorstOf,
                $"committing the offsets of group {group.GroupId} in the transaction",
                cancellationToken).ConfigureAwait(false);
        }
        catch (TransactionException failure)
        {
            throw Enter(failure);
        }
    }

    /// <summary>Waits until all records are acknowledged, and has the transaction committed.</summary>
    public Task CommitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_phase != TransactionPhase.Committing)
            {
                Require(TransactionPhase.InTransaction, nameof(Producer.CommitTransactionAsync));
            }

            return JoinAsync(TransactionPhase.Committing, EndAsync, cancellationToken);
        }
    }

    /// <summary>Fails what was not sent, waits for what was, and has the transaction aborted.</summary>
    public Task AbortAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_phase is not (TransactionPhase.Aborting or TransactionPhase.AbortableError or TransactionPhase.InTransaction))
            {
                Require(TransactionPhase.InTransaction, nameof(Producer.AbortTransactionAsync));
            }

            return JoinAsync(TransactionPhase.Aborting, EndAsync, cancellationToken);
        }
    }

    /// <summary>A call that is repeated after a time-out or a cancellation joins what is still under way. Under the gate.</summary>
    private Task JoinAsync(TransactionPhase phase, Func<bool, Task> end, CancellationToken cancellationToken)
    {
        if (_phase != phase || _running is null or { IsCompleted: true })
        {
            _phase = phase;
            _running = end(phase == TransactionPhase.Committing);
        }

        return _running.WaitAsync(cancellationToken);
    }

    private async Task EndAsync(bool isCommit)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Twice, when a record that was being appended has just slipped in.
        do
        {
            Task flushed = accumulator.Epochs.FlushAsync();
            sender.Wake();
            await flushed.ConfigureAwait(false);
        }
        while (accumulator.Epochs.BatchesCount > 0);
        lock (_gate)
        {
            if (isCommit && _failure is { } failed)
            {
                throw Again(failed);
            }
        }

        // Partitions that were announced without a record that was sent belong to the transaction all the same.
        if (_announcing is { } announcing)
        {
            await announcing.ConfigureAwait(false);
        }

        if (_isStarted)
        {
            await RunEndAsync(isCommit).ConfigureAwait(false);
        }

        // On the sender's loop: a round that has just seen that records are to be refused would refuse those of the next transaction.
        await sender.PostAsync(BecomeReady).ConfigureAwait(false);
    }

    private void BecomeReady()
    {
        lock (_gate)
        {
            _phase = TransactionPhase.Ready;
            _failure = null;
            accumulator.TransactionNumber = 0;
        }
    }

    private async Task RunEndAsync(bool isCommit)
    {
        string doing = isCommit ? "committing the transaction" : "aborting the transaction";
        try
        {
            EndTxnResponse response = await RunAsync<EndTxnResponse>(
                CoordinatorType.Transaction,
                transactionalId,
                new EndTxnRequest { TransactionalId = transactionalId, ProducerId = _identity.Id, ProducerEpoch = _identity.Epoch, Committed = isCommit },
                IsVersion2 ? short.MaxValue : LastVersion1EndTxn,
                static response => response.ErrorCode,
                doing,
                CancellationToken.None).ConfigureAwait(false);
            if (IsVersion2 && response.ProducerId.Value >= 0)
            {
                await TakeIdentityAsync(new ProducerIdentity(response.ProducerId, response.ProducerEpoch)).ConfigureAwait(false);
            }
            else if (!isCommit && sender.Idempotence.NeedsEpochBump)
            {
                await IdentifyAsync(_identity, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (TransactionException failure)
        {
            throw Enter(failure);
        }
    }

    private async Task IdentifyAsync(ProducerIdentity known, CancellationToken cancellationToken)
    {
        var request = new InitProducerIdRequest
        {
            TransactionalId = transactionalId,
            TransactionTimeoutMs = (int)settings.Timeout.TotalMilliseconds,
            ProducerId = known.Id,
            ProducerEpoch = known.Epoch,
        };
        try
        {
            InitProducerIdResponse response = await RunAsync<InitProducerIdResponse>(
                CoordinatorType.Transaction, transactionalId, request, short.MaxValue, static response => response.ErrorCode, $"initializing transactional.id={transactionalId}", cancellationToken)
                .ConfigureAwait(false);
            await TakeIdentityAsync(new ProducerIdentity(response.ProducerId, response.ProducerEpoch)).ConfigureAwait(false);
        }
        catch (TransactionException failure)
        {
            throw Enter(failure);
        }
    }

    private async Task TakeIdentityAsync(ProducerIdentity identity)
    {
        _identity = identity;
        await sender.PostAsync(() => sender.Idempotence.Begin(identity)).ConfigureAwait(false);
    }

    private TxnOffsetCommitRequest OffsetCommit(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, ConsumerGroupMetadata group)
    {
        var topics = new Dictionary<string, TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic>(StringComparer.Ordinal);
        foreach ((TopicPartition partition, CommittedOffset offset) in offsets)
        {
            if (!topics.TryGetValue(partition.Topic.Value, out TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic? topic))
            {
                topics.Add(partition.Topic.Value, topic = new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic { Name = partition.Topic });
            }

            topic.Partitions.Add(new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition
            {
                PartitionIndex = partition.Partition,
                CommittedOffset = offset.Offset,
                CommittedLeaderEpoch = offset.LeaderEpoch ?? -1,
                CommittedMetadata = offset.Metadata,
            });
        }

        return new TxnOffsetCommitRequest
        {
            TransactionalId = transactionalId,
            GroupId = group.GroupId,
            ProducerId = _identity.Id,
            ProducerEpoch = _identity.Epoch,
            GenerationIdOrMemberEpoch = group.GenerationId,
            MemberId = group.MemberId,
            GroupInstanceId = group.GroupInstanceId,
            Topics = [.. topics.Values],
        };
    }

    private static ErrorCode WorstOf(TxnOffsetCommitResponse response)
    {
        ErrorCode worst = ErrorCode.None;
        foreach (TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic topic in response.Topics)
        {
            foreach (TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition partition in topic.Partitions)
            {
                worst = Worse(worst, partition.ErrorCode);
            }
        }

        return worst;
    }

    /// <summary>Asks a coordinator until it has done it, for at most <c>max.block.ms</c>.</summary>
    /// <exception cref="TransactionException">It was refused for good.</exception>
    /// <exception cref="KafkaException">REQUEST_TIMED_OUT: the call may be repeated.</exception>
    private async Task<TResponse> RunAsync<TResponse>(
        CoordinatorType type, string key, IRequest request, short highestVersion, Func<TResponse, ErrorCode> errorOf, string doing, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        using var timeout = new CancellationTokenSource(settings.MaxBlock, cluster.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, cluster.Closing);
        KafkaException? last = null;
        try
        {
            for (int failures = 1; ; failures++)
            {
                try
                {
                    return await AskAsync(type, key, request, highestVersion, errorOf, doing, either.Token).ConfigureAwait(false);
                }
                catch (KafkaException failure) when (failure.IsRetriable)
                {
                    last = failure;
                }

                // The transaction before is still being ended: that takes milliseconds.
                TimeSpan wait = last.Code == ErrorCode.ConcurrentTransactions ? ConcurrentWait : _backoff.After(failures);
                await Task.Delay(wait, cluster.Time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new KafkaException(
                ErrorCode.RequestTimedOut, $"{doing} did not succeed within {settings.MaxBlock.TotalSeconds:0.###} s (max.block.ms){(last is null ? "" : $": {last.Message}")}; the call may be repeated", last);
        }
    }

    private async Task<TResponse> AskAsync<TResponse>(
        CoordinatorType type, string key, IRequest request, short highestVersion, Func<TResponse, ErrorCode> errorOf, string doing, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        ErrorCode error;
        TResponse response;
        try
        {
            int node = await cluster.CoordinatorAsync(type, key, cancellationToken).ConfigureAwait(false);
            BrokerConnection connection = await cluster.ConnectAsync(node, ConnectionPurpose.Coordinator, cancellationToken).ConfigureAwait(false);
            _isVersion2Next = type == CoordinatorType.Transaction ? connection.Versions.FeatureLevel(VersionFeature) >= 2 : _isVersion2Next;
            short version = connection.Versions.Version(request.ApiKey, 0, highestVersion);
            response = await connection.CallAsync<TResponse>(request, version, cluster.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
            error = errorOf(response);
        }
        catch (DisconnectedException)
        {
            cluster.ForgetCoordinator(type, key);
            throw;
        }
        catch (KafkaException refused) when (!refused.IsRetriable)
        {
            // What the search for the coordinator was refused with.
            throw TransactionException.Of(refused.Code, doing, refused.Message);
        }

        if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            cluster.ForgetCoordinator(type, key);
        }

        return error switch
        {
            ErrorCode.None => response,
            _ when error.IsRetriable() => throw KafkaException.Of(error, doing),
            // Another producer with the id has taken over.
            ErrorCode.InvalidProducerEpoch => throw TransactionException.Of(ErrorCode.ProducerFenced, doing, null),
            _ => throw TransactionException.Of(error, doing, null),
        };
    }
}
