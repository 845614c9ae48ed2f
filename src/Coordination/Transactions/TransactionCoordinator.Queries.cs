using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class TransactionCoordinator
{
    /// <summary>DescribeTransactions of one id.</summary>
    public async ValueTask<DescribeTransactionsResponse.TransactionStateData> DescribeAsync(string transactionalId)
    {
        if (transactionalId.Length == 0)
        {
            return Failed(transactionalId, ErrorCode.InvalidRequest);
        }

        if (ShardOf(transactionalId) is not { } shard)
        {
            return Failed(transactionalId, ErrorCode.NotCoordinator);
        }

        try
        {
            var metadata = await runtime.ScheduleRead("describe-transaction", shard, (state, offset) => state.Describe(transactionalId, offset));
            return metadata is null ? Failed(transactionalId, ErrorCode.TransactionalIdNotFound)
                : Describe(metadata.State.IsPrepared() ? metadata with { Partitions = markers.RemainingOf(metadata) } : metadata);
        }
        catch (CoordinatorException refused)
        {
            return Failed(transactionalId, CoordinatorFailures.ForClients(refused.Error));
        }
    }

    /// <summary>ListTransactions: all ids coordinated here that the filters let through. The caller leaves out those that its client may not see.</summary>
    public async ValueTask<ListTransactionsResponse> ListAsync(ListTransactionsRequest request)
    {
        var response = new ListTransactionsResponse();
        if (IsAnyLoading())
        {
            response.ErrorCode = ErrorCode.CoordinatorLoadInProgress;
            return response;
        }

        var pattern = default(TopicPattern);
        if (request.TransactionalIdPattern is { Length: > 0 } text && !TopicPattern.TryParse(text, out pattern, out _))
        {
            response.ErrorCode = ErrorCode.InvalidRegularExpression;
            return response;
        }

        var states = new HashSet<TransactionState>();
        foreach (var name in request.StateFilters)
        {
            if (TransactionStates.Find(name) is { } state)
            {
                states.Add(state);
            }
            else
            {
                response.UnknownStateFilters.Add(name);
            }
        }

        var filter = new TransactionFilter
        {
            States = states,
            FiltersStates = request.StateFilters.Count > 0,
            ProducerIds = request.ProducerIdFilters,
            DurationMs = request.DurationFilter,
            TransactionalIds = pattern,
        };
        foreach (var shard in runtime.ScheduleReadAll("list-transactions", (state, offset) => state.List(filter, offset)))
        {
            try
            {
                response.TransactionStates.AddRange(await shard);
            }
            catch (CoordinatorException)
            {
                // It went elsewhere meanwhile: its new coordinator lists its ids.
            }
        }

        return response;
    }

    private static DescribeTransactionsResponse.TransactionStateData Failed(string transactionalId, ErrorCode error) =>
        new() { TransactionalId = transactionalId, ErrorCode = error };

    private static DescribeTransactionsResponse.TransactionStateData Describe(TransactionMetadata metadata)
    {
        var answer = new DescribeTransactionsResponse.TransactionStateData
        {
            TransactionalId = metadata.TransactionalId,
            TransactionState = TransactionStates.Name(metadata.State),
            TransactionTimeoutMs = metadata.TimeoutMs,
            TransactionStartTimeMs = metadata.StartTimestampMs,
            ProducerId = metadata.ProducerId,
            ProducerEpoch = metadata.ProducerEpoch,
        };
        foreach (var partition in metadata.Partitions.OrderBy(partition => partition.Topic).ThenBy(partition => partition.Partition))
        {
            if (answer.Topics.Count == 0 || answer.Topics[^1].Topic != partition.Topic)
            {
                answer.Topics.Add(new() { Topic = partition.Topic });
            }

            answer.Topics[^1].Partitions.Add(partition.Partition);
        }

        return answer;
    }

    private bool IsAnyLoading()
    {
        var count = image().Topics.Find(TopicNames.TransactionState)?.PartitionCount ?? 0;
        for (var shard = 0; shard < count; shard++)
        {
            if (runtime.StateOf(shard) == CoordinatorState.Loading)
            {
                return true;
            }
        }

        return false;
    }
}
