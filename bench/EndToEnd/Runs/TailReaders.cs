using System.Diagnostics;
using Moldau.EndToEnd.Latency;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>A consumer for each partition of a topic, from before the first record to after the last.</summary>
internal sealed class TailReaders(Server server, string topic, int partitions, Func<int, long, long>? due)
{
    private readonly TailReader[] _readers = new TailReader[partitions];
    private readonly Task[] _reading = new Task[partitions];
    private volatile IReadOnlyList<long>? _written;

    public void Begin()
    {
        for (int i = 0; i < partitions; i++)
        {
            int partition = i;
            _readers[i] = new TailReader(KafkaClient.Connect(server.EndPoint), topic, partition, due);
            _reading[i] = _readers[i].RunAsync(() => _written is { } written ? written[partition] : long.MaxValue);
        }
    }

    /// <summary>Waits until all that was written is read; for how long, in seconds.</summary>
    public double End(IReadOnlyList<long> written)
    {
        long began = Stopwatch.GetTimestamp();
        _written = written;
        Task.WaitAll(_reading);
        double waited = Stopwatch.GetElapsedTime(began).TotalSeconds;
        for (int i = 0; i < partitions; i++)
        {
            _readers[i].Dispose();
            if (_readers[i].Offset != written[i])
            {
                throw new BenchException($"{topic}-{i}: {_readers[i].Offset} records were read, {written[i]} written");
            }
        }

        return waited;
    }

    public LatencyHistogram Latencies()
    {
        var all = new LatencyHistogram();
        foreach (TailReader reader in _readers)
        {
            all.Add(reader.Latencies);
        }

        return all;
    }
}
