using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>
/// A producer with a transactional id, which others may have too: it commits, aborts, pauses longer than its transaction may last, dies in the midst of one, and sends what was not answered
/// again. The loop that is exactly once also reads the offset of a group, and commits the next one with its records.
/// </summary>
internal sealed class TransactionalClient(CoordinatorsRun run, SimClient client, SimRandom random, string transactionalId, bool isVersion2, int loopPartition = -1) : CoordinatorClient(run, client, random)
{
    private const int Tries = 200;
    private TransactionalSession? _session;
    private ProduceRequest? _late;

    public override string? Unfinished => null;

    private Transaction Open => _session!.Open!;

    protected override async Task DoOneAsync()
    {
        if (Run.IsHealing)
        {
            // What is open is left to the timeout.
            Forget("rests");
            return;
        }

        try
        {
            if (_session is null)
            {
                var session = new TransactionalSession(Run, Client, transactionalId, isVersion2);
                ErrorCode error = await RepeatAsync("initializing", session.InitializeAsync);
                if (error != ErrorCode.None)
                {
                    return;
                }

                _session = session;
                Note($"is {session.Name}");
            }

            await OneTransactionAsync(_session);
        }
        catch (SimClientException)
        {
            Forget("has lost an answer");
            throw;
        }
    }

    private async Task OneTransactionAsync(TransactionalSession session)
    {
        long position = -1;
        if (loopPartition >= 0)
        {
            if (await ReadPositionAsync() is not { } read)
            {
                return;
            }

            position = read;
        }

        session.Begin();
        if (!await ProduceAllAsync(session) || (loopPartition >= 0 && !await CommitOffsetAsync(session, position + 1)))
        {
            return;
        }

        switch (Random.Next(12))
        {
            case 0:
                Forget("dies");
                return;
            case 1:
                Note("pauses");
                await PauseAsync(Random.Next(500, 2 * CoordinatorsRun.TransactionTimeoutMs));
                break;
        }

        await EndAsync(session, commit: !Random.OneIn(4));
        if (_late is not null && Random.OneIn(3))
        {
            // T6: a batch of an epoch that has ended comes late.
            ErrorCode late = await session.ProduceAsync(_late, 0);
            Note($"a batch of an earlier epoch: {late}");
        }
    }

    private async Task<long?> ReadPositionAsync()
    {
        long known = Run.KnownLoopOffset(loopPartition);
        long? read = await FetchOffsetAsync(TransactionalSession.Group, loopPartition);
        if (read is { } offset)
        {
            Run.ReadLoopOffset(loopPartition, offset, known);
            return Math.Max(offset, 0);
        }

        return null;
    }

    private async Task<bool> ProduceAllAsync(TransactionalSession session)
    {
        for (int left = Random.Next(1, 4); left > 0; left--)
        {
            int partition = Random.Next(CoordinatorsRun.OutputPartitions);
            if (!session.IsVersion2 && !Go(await RepeatAsync("adding a partition", () => session.AddPartitionAsync(partition)), "adding a partition"))
            {
                return false;
            }

            List<long> numbers = Run.NewRecords(Open, partition, Random.Next(1, 4));
            ProduceRequest request = session.Batch(partition, numbers);
            ErrorCode error = await RepeatAsync($"producing {string.Join(", ", numbers)} to {partition} as {session.Name}", () => session.ProduceAsync(request, numbers.Count));
            _late = session.IsVersion2 ? request : null;
            if (!Go(error, "producing"))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> CommitOffsetAsync(TransactionalSession session, long offset)
    {
        Open.CommitsOffset = offset;
        Run.LoopCommits(loopPartition, offset, Open);
        if (Run.Flaw.Other == OtherBug.OffsetsBeforeEnd)
        {
            return Go(await RepeatAsync("committing an offset at once", () => CommitOffsetAsync(TransactionalSession.Group, "", -1, loopPartition, offset)), "committing an offset at once");
        }

        return (session.IsVersion2 || Go(await RepeatAsync("adding offsets", session.AddOffsetsAsync), "adding offsets"))
            && Go(await RepeatAsync($"committing offset {offset} of {loopPartition} as {session.Name}", () => session.CommitOffsetAsync(loopPartition, offset)), "committing an offset");
    }

    private async Task EndAsync(TransactionalSession session, bool commit)
    {
        bool wasLost = false;
        string what = $"{(commit ? "committing" : "aborting")} {Open.Name} as {session.Name}";
        ErrorCode error = await RepeatAsync(what, () => session.EndAsync(commit), () => wasLost = true);
        if (error == ErrorCode.None)
        {
            if (commit)
            {
                Open.Commit("answered");
            }
            else
            {
                Open.Abort("answered");
            }

            session.Close();
            return;
        }

        if (!wasLost && error is not (ErrorCode.RequestTimedOut or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator))
        {
            Open.Abort($"{what} is refused with {error}");
        }

        Go(error, what);
    }

    /// <summary>Whether to go on. A producer that was fenced, or whose transaction timed out, begins anew.</summary>
    private bool Go(ErrorCode error, string what)
    {
        if (error == ErrorCode.None)
        {
            return true;
        }

        bool isFenced = error is ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.InvalidProducerIdMapping or ErrorCode.InvalidTxnState or ErrorCode.TransactionAbortable
            or ErrorCode.OperationNotAttempted or ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId;
        if (!isFenced && !IsRetriable(error))
        {
            Unexpected(what, error);
        }

        Forget($"gives up, as {what} is answered with {error}");
        return false;
    }

    private void Forget(string why)
    {
        if (_session is not null)
        {
            Note(why);
            _session.Open?.Abandon();
            _session = null;
        }
    }

    /// <summary>Asks again while the coordinator is not ready; with version 2 also when the answer was lost, as every epoch has one transaction.</summary>
    private async Task<ErrorCode> RepeatAsync(string what, Func<Task<ErrorCode>> call, Action? onLost = null)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                ErrorCode error = await call();
                Note($"{what}: {error}");
                if (!IsRetriable(error) || tries == Tries)
                {
                    return error;
                }
            }
            catch (SimClientException lost) when (isVersion2 && tries < Tries && !Random.OneIn(5))
            {
                Note($"{what}: {lost.Message}");
                onLost?.Invoke();
            }

            await PauseAsync(Random.Next(10, 60));
            if (Run.IsHealing && tries > Tries / 4)
            {
                throw new SimClientException("the world heals");
            }
        }
    }
}
