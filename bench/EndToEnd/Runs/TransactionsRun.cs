using System.Diagnostics;
using System.Globalization;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>Transactions, one producer and one partition for each connection.</summary>
internal sealed class TransactionsRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        string[] ids = [.. Enumerable.Range(0, Workload.Connections).Select(index => string.Create(CultureInfo.InvariantCulture, $"{topic}-{index}"))];
        Coordinators.Find(client, Coordinators.Transaction, ids);
        TransactionLoad[] producers = [.. ids.Select((id, index) => new TransactionLoad(Server.EndPoint, id, topic, index, Workload.RecordsPerTransaction))];
        Task.WaitAll(producers.Select(producer => producer.InitializeAsync()).ToArray());
        Measurement found = Measure(() =>
        {
            long began = Stopwatch.GetTimestamp();
            long deadline = began + (long)(Seconds * Stopwatch.Frequency);
            Task.WaitAll(producers.Select(producer => producer.RunAsync(deadline)).ToArray());
            long committed = producers.Sum(producer => producer.Committed);
            return new LoadResult(Stopwatch.GetElapsedTime(began).TotalSeconds, committed, committed * producers[0].BatchBytes);
        });
        Verify(topic, [.. producers.Select(producer => producer.OffsetsWritten)]);
        Array.ForEach(producers, producer => producer.Dispose());
        Topics.Delete(client, topic);
        return found;
    }
}
