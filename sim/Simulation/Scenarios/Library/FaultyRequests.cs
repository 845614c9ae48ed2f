using Moldau.Broker;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>What goes wrong with requests now and then: refused with an error that passes, done and refused all the same, held, done and answered late or not at all.</summary>
internal sealed class FaultyRequests(SimWorld world) : IRequestInterceptor
{
    private static readonly ErrorCode[] OfCoordinators = [ErrorCode.NotCoordinator, ErrorCode.CoordinatorNotAvailable, ErrorCode.CoordinatorLoadInProgress];
    private readonly SimRandom _random = world.Random.Fork();
    private readonly int _rarity = world.Random.Next(15, 60);

    public bool IsOn { get; set; }

    /// <summary>Whether members of a classic group hear of its generations at very different times. Nothing goes wrong by that.</summary>
    public bool HasSlowJoins { get; init; }

    public ValueTask<OutgoingFrame?> RespondAsync(RequestContext context) =>
        HasSlowJoins && context.ApiKey is ApiKey.JoinGroup or ApiKey.SyncGroup ? AnswerLateAsync(context, 400)
        : !IsOn || context.ClientId is "" or "observer" || !_random.OneIn(_rarity) ? context.Handler.RespondAsync(context) : StrikeAsync(context);

    private async ValueTask<OutgoingFrame?> StrikeAsync(RequestContext context)
    {
        int kind = _random.Next(6);
        ErrorCode[] errors = ErrorsOf(context.ApiKey);
        world.Note($"{context.ApiKey} of {context.ClientId} suffers {kind}");
        switch (kind)
        {
            case 0 or 1 when errors.Length > 0:
                return context.Handler.Refuse(context, errors[_random.Next(errors.Length)]);
            case 2 when context.ApiKey == ApiKey.Produce:
                // As a leader that loses its followers after it has appended.
                OutgoingFrame refused = context.Handler.Refuse(context, ErrorCode.NotEnoughReplicasAfterAppend);
                (await context.Handler.RespondAsync(context))?.Dispose();
                return refused;
            case 3 when context.ApiKey != ApiKey.InitProducerId:
                // A first InitProducerId that is done after its producer gave it up and asked again fences that producer, in Apache Kafka too: it cannot be told from another's.
                await world.DelayAsync(_random.Next(1, 1500));
                return await context.Handler.RespondAsync(context);
            case 4:
                return await AnswerLateAsync(context, 1500);
            default:
                (await context.Handler.RespondAsync(context))?.Dispose();
                throw new ProtocolException($"{context.ApiKey}: the answer is lost");
        }
    }

    private async ValueTask<OutgoingFrame?> AnswerLateAsync(RequestContext context, int msMax)
    {
        OutgoingFrame? late = await context.Handler.RespondAsync(context);
        await world.DelayAsync(_random.Next(1, msMax));
        return late;
    }

    private static ErrorCode[] ErrorsOf(ApiKey api) => api switch
    {
        ApiKey.Produce => [ErrorCode.NotLeaderOrFollower, ErrorCode.NotEnoughReplicas, ErrorCode.KafkaStorageError, ErrorCode.RequestTimedOut],
        ApiKey.Fetch => [ErrorCode.NotLeaderOrFollower, ErrorCode.KafkaStorageError, ErrorCode.UnknownServerError],
        ApiKey.ListOffsets => [ErrorCode.NotLeaderOrFollower, ErrorCode.LeaderNotAvailable],
        ApiKey.OffsetForLeaderEpoch => [ErrorCode.NotLeaderOrFollower, ErrorCode.UnknownLeaderEpoch],
        ApiKey.AddPartitionsToTxn or ApiKey.AddOffsetsToTxn or ApiKey.EndTxn or ApiKey.InitProducerId => [.. OfCoordinators, ErrorCode.ConcurrentTransactions],
        ApiKey.FindCoordinator => [ErrorCode.CoordinatorNotAvailable],
        ApiKey.JoinGroup or ApiKey.SyncGroup or ApiKey.Heartbeat or ApiKey.LeaveGroup or ApiKey.OffsetCommit or ApiKey.TxnOffsetCommit or ApiKey.OffsetFetch or ApiKey.ConsumerGroupHeartbeat => OfCoordinators,
        _ => [],
    };
}
