using System.Globalization;
using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Simulation;

/// <summary>An application with a transactional producer: records, offsets, nothing at all, committed and aborted; a call that timed out is repeated, a producer that was fenced is replaced.</summary>
internal sealed class TransactionalSender(LibraryRun run, string name, string address, SimRandom random) : ProducerClient(run, name, address, random)
{
    private const string Group = "loop";
    private readonly string _id = name;
    private long _began;
    private int _transactions;
    private long _offset;

    public override string? Unfinished => IsFinished ? null : "is still at a transaction";

    protected override async Task LiveAsync()
    {
        while (!Run.IsHealing)
        {
            Producer producer = NewProducer(_id);
            _began = World.Ticks;
            try
            {
                await RepeatAsync(() => producer.InitTransactionsAsync());
                for (int left = Random.Next(2, 20); left > 0 && !Run.IsHealing; left--)
                {
                    await OneAsync(producer);
                    await PauseAsync(Random.Next(100));
                }
            }
            catch (TransactionException fatal) when (fatal.IsFatal)
            {
                // Its coordinator may end a transaction that takes too long; nobody else uses the id.
                long tookMs = (World.Ticks - _began) / TimeSpan.TicksPerMillisecond;
                Note($"gives up after {tookMs} ms: {fatal.Message}");
                LibraryRun.Require(tookMs > LibraryRun.TransactionTimeoutMs, $"C6: {Life} cannot go on {tookMs} ms after a transaction began: {fatal.Message}");
            }

            await DisposeAsync(producer);
        }

        IsFinished = true;
    }

    private async Task OneAsync(Producer producer)
    {
        var transaction = new LibraryTransaction($"{Life}/{++_transactions}");
        producer.BeginTransaction();
        _began = World.Ticks;
        Note($"begins {transaction.Name}");
        List<Task<bool>> sends = [];
        try
        {
            for (int left = Random.OneIn(6) ? 0 : Random.Next(1, 6); left > 0; left--)
            {
                Task<bool> send = SendAsync(producer, LibraryRun.Transactional, LibraryRun.TransactionalPartitions, transaction);
                sends.Add(send);
                if (Random.OneIn(3))
                {
                    await send;
                }
            }

            if (Random.OneIn(3))
            {
                var offsets = new Dictionary<TopicPartition, CommittedOffset> { [new TopicPartition(LibraryRun.Plain, 0)] = new CommittedOffset(++_offset) };
                await RepeatAsync(() => producer.SendOffsetsToTransactionAsync(offsets, new ConsumerGroupMetadata(Group + _id, -1, "", null)));
            }

            if (Random.OneIn(20))
            {
                await PauseAsync(Random.Next(2 * LibraryRun.TransactionTimeoutMs));
            }

            if (Random.OneIn(4))
            {
                await AbortAsync(producer, transaction);
                return;
            }

            await RepeatAsync(() => producer.CommitTransactionAsync());
            Note($"{transaction.Name} is committed");
            transaction.Commit();
            bool[] ends = await Task.WhenAll(sends);
            LibraryRun.Require(Array.TrueForAll(ends, isSent => isSent), $"C6: {transaction.Name} is committed without records that failed");
        }
        catch (TransactionException failure) when (!failure.IsFatal)
        {
            Note($"{transaction.Name} has failed: {failure.Message}");
            await AbortAsync(producer, transaction);
        }
    }

    private async Task AbortAsync(Producer producer, LibraryTransaction transaction)
    {
        await RepeatAsync(() => producer.AbortTransactionAsync());
        Note(string.Create(CultureInfo.InvariantCulture, $"{transaction.Name} is aborted"));
        transaction.Abort();
    }

    /// <summary>What timed out may be repeated.</summary>
    private static async Task RepeatAsync(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (KafkaException timedOut) when (timedOut is not TransactionException && timedOut.Code == ErrorCode.RequestTimedOut)
            {
                // Whether it was done is not known.
            }
        }
    }
}
