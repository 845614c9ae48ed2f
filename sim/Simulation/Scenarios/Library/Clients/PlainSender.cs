using Moldau.Client;

namespace Moldau.Simulation;

/// <summary>An application with an idempotent producer: it sends without waiting, flushes now and then, and disposes its producer for another.</summary>
internal sealed class PlainSender(LibraryRun run, string name, string address, SimRandom random, string topic, int partitions) : ProducerClient(run, name, address, random)
{
    public override string? Unfinished => IsFinished ? null : "still sends";

    protected override async Task LiveAsync()
    {
        while (!Run.IsHealing)
        {
            Producer producer = NewProducer(null);
            for (int left = Random.Next(3, 40); left > 0 && !Run.IsHealing; left--)
            {
                List<Task<bool>> sends = [];
                for (int i = Random.Next(1, 8); i > 0; i--)
                {
                    sends.Add(SendAsync(producer, topic, partitions, null));
                }

                switch (Random.Next(6))
                {
                    case 0:
                        await Task.WhenAll(sends);
                        break;
                    case 1:
                        await producer.FlushAsync();
                        await PauseAsync(1);
                        LibraryRun.Require(sends.TrueForAll(send => send.IsCompleted), $"C5: {Life} has flushed, and records that were sent before have not ended");
                        break;
                }

                await PauseAsync(Random.OneIn(5) ? Random.Next(500) : Random.Next(40));
            }

            if (Random.OneIn(2))
            {
                await producer.FlushAsync();
                await RequireMemoryBackAsync(producer);
            }

            await DisposeAsync(producer);
        }

        IsFinished = true;
    }
}
