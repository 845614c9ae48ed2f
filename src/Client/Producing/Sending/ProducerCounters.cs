namespace Moldau.Client;

/// <summary>Counts of the sender, which alone writes them; others read them through <see cref="ProducerStatistics"/>.</summary>
internal sealed class ProducerCounters
{
    private readonly long[] _latencies = new long[ProducerStatistics.LatencyBuckets];
    private long _recordsDelivered;
    private long _recordsFailed;
    private long _bytesDelivered;
    private long _batchesDelivered;
    private long _requests;
    private long _recordsRetried;
    private long _batchesSplit;
    private int _requestsInFlight;
    private long _requestMs;
    private long _requestsEnded;

    public void RequestSent()
    {
        _requests++;
        _requestsInFlight++;
    }

    public void RequestEnded(long ms)
    {
        _requestsInFlight--;
        _requestsEnded++;
        _requestMs += ms;
    }

    public void Retried(int records) => _recordsRetried += records;

    public void Split() => _batchesSplit++;

    /// <summary>A batch has ended; its latency is that of its first record.</summary>
    public void Ended(ProducerBatch batch, in DeliveryOutcome outcome, long nowMs)
    {
        ClientMetrics.Sent(batch, in outcome, nowMs);
        if (outcome.Failure is not null)
        {
            _recordsFailed += batch.RecordsCount;
            return;
        }

        _recordsDelivered += batch.RecordsCount;
        _bytesDelivered += batch.EncodedSizeBytes;
        _batchesDelivered++;
        _latencies[ProducerStatistics.BucketOf(nowMs - batch.CreatedMs)] += batch.RecordsCount;
    }

    public ProducerStatistics Snapshot(long batchesQueued, long memoryUsedBytes) => new()
    {
        RecordsDelivered = Volatile.Read(ref _recordsDelivered),
        RecordsFailed = Volatile.Read(ref _recordsFailed),
        RecordsRetried = Volatile.Read(ref _recordsRetried),
        BytesDelivered = Volatile.Read(ref _bytesDelivered),
        BatchesDelivered = Volatile.Read(ref _batchesDelivered),
        BatchesSplit = Volatile.Read(ref _batchesSplit),
        Requests = Volatile.Read(ref _requests),
        RequestsInFlight = Volatile.Read(ref _requestsInFlight),
        RequestMsMean = _requestsEnded == 0 ? 0 : (double)_requestMs / _requestsEnded,
        BatchesQueued = batchesQueued,
        MemoryUsedBytes = memoryUsedBytes,
        Latencies = [.. _latencies],
    };
}
