using Moldau.Core;

namespace Moldau.Client;

/// <summary>Records in and out, partitions that come and go.</summary>
public sealed partial class Worker
{
    /// <summary>Takes on the records of a batch and begins what may begin.</summary>
    private void Take(ConsumeBatch batch)
    {
        PartitionWork work;
        lock (_gate)
        {
            if (!_partitions.TryGetValue(batch.TopicPartition, out work!))
            {
                _partitions.Add(batch.TopicPartition, work = new PartitionWork(batch.TopicPartition));
            }
        }

        foreach (ConsumeRecord record in batch)
        {
            var copy = new WorkerRecord(record);
            if (copy.NotBeforeMs > _time.GetUtcNow().ToUnixTimeMilliseconds())
            {
                Hold(work, copy);
                break;
            }

            lock (_gate)
            {
                work.Offsets.Begin(copy.Offset);
                _lanes.Add(Lane(copy, work), new WorkItem(copy, work));
            }
        }

        Begin();
        PauseWhenFull();
    }

    /// <summary>Two keys in one lane wait for each other without need, and nothing worse.</summary>
    private ulong? Lane(WorkerRecord record, PartitionWork work) => _options.Order switch
    {
        WorkOrder.None => null,
        WorkOrder.Partition => work.Lane,
        _ => record.HasKey ? XxHash3.Hash(record.Key.Span) ^ work.Lane : null,
    };

    private void Begin()
    {
        while (true)
        {
            ulong? lane;
            WorkItem? item;
            lock (_gate)
            {
                if (_isStopping || _running == _options.Concurrency || !_lanes.TryTake(out lane, out item))
                {
                    return;
                }

                _running++;
                item.Partition.Running++;
            }

            _ = HandleAsync(lane, item);
        }
    }

    private void Finish(ulong? lane, WorkItem item, bool isDone)
    {
        TaskCompletionSource? quiet = null;
        lock (_gate)
        {
            _running--;
            item.Partition.Running--;
            _lanes.Done(lane);
            if (isDone && !item.Partition.IsGone)
            {
                item.Partition.Offsets.Complete(item.Record.Offset);
            }

            if (item.Partition.Running == 0)
            {
                (quiet, _quiet) = (_quiet, null);
            }
        }

        quiet?.TrySetResult();
        _consumer.ReportProgress();
        Begin();
        ResumeWhenThereIsRoom();
    }

    /// <summary>Paused partitions keep the enumeration waiting inside the consumer, where rebalances go on.</summary>
    private void PauseWhenFull()
    {
        lock (_gate)
        {
            if (_lanes.Waiting + _running < _options.BufferedMax)
            {
                return;
            }

            // Also when it was full before: partitions that came since are not paused.
            _isFull = true;
            _consumer.SetPaused(true, static _ => true);
        }
    }

    private void ResumeWhenThereIsRoom()
    {
        lock (_gate)
        {
            if (_isFull && !_isStopping && _lanes.Waiting + _running <= _options.BufferedMax / 2)
            {
                _isFull = false;
                _consumer.SetPaused(false, partition => !_partitions.TryGetValue(partition, out PartitionWork? work) || !work.IsHeld);
            }
        }
    }

    /// <summary>Leaves a retry topic alone until its first record is due: those behind it are due later.</summary>
    private void Hold(PartitionWork work, WorkerRecord record)
    {
        lock (_gate)
        {
            work.IsHeld = true;
        }

        _consumer.Pause(work.Partition);
        _consumer.Seek(work.Partition, record.Offset);
        _ = ResumeAsync(work, DateTimeOffset.FromUnixTimeMilliseconds(record.NotBeforeMs) - _time.GetUtcNow());
    }

    private async Task ResumeAsync(PartitionWork work, TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, _time, _stop!.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_gate)
        {
            work.IsHeld = false;
            if (!work.IsGone && !_isFull)
            {
                _consumer.SetPaused(false, partition => partition == work.Partition);
            }
        }
    }

    /// <summary>Partitions go: nothing more of them begins, handlers at work are waited for, and what is done is committed while they are ours.</summary>
    private async Task LetGoAsync(IReadOnlyList<TopicPartition> partitions, bool isOurs, CancellationToken cancellationToken)
    {
        List<PartitionWork> going = [];
        lock (_gate)
        {
            foreach (TopicPartition partition in partitions)
            {
                if (_partitions.Remove(partition, out PartitionWork? work))
                {
                    work.IsGone = !isOurs;
                    going.Add(work);
                }
            }

            _lanes.RemoveAll(item => going.Contains(item.Partition));
        }

        if (!isOurs || going.Count == 0)
        {
            return;
        }

        await WaitUntilQuietAsync(() => going.TrueForAll(work => work.Running == 0), cancellationToken).ConfigureAwait(false);
        Dictionary<TopicPartition, CommittedOffset> done;
        lock (_gate)
        {
            going.ForEach(work => work.IsGone = true);
            done = Done(going);
        }

        try
        {
            await _consumer.CommitAsync(done, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            LogCommit(_log, failure);
        }
    }

    /// <summary>Waits for handlers, as long as <see cref="WorkerOptions.DrainTimeout"/> allows.</summary>
    private async Task WaitUntilQuietAsync(Func<bool> isQuiet, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.DrainTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                Task quiet;
                lock (_gate)
                {
                    if (isQuiet())
                    {
                        return;
                    }

                    quiet = (_quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }

                await quiet.WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // What is not done by now is handled again by whoever has the partition then.
        }
    }

    private async Task DrainAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            _lanes.RemoveAll(_ => true);
        }

        await WaitUntilQuietAsync(() => _running == 0, CancellationToken.None).ConfigureAwait(false);
        _abort.Cancel();
        await CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task CommitLoopAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.CommitInterval, _time, cancellationToken).ConfigureAwait(false);
                await CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end commits once more.
        }
    }

    /// <summary>Commits what is done. That a rebalance goes on, or that this member is out, is no failure of the work: who has the partitions then handles again what is not committed.</summary>
    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        Dictionary<TopicPartition, CommittedOffset> done;
        lock (_gate)
        {
            done = Done(_partitions.Values);
        }

        if (done.Count == 0)
        {
            return;
        }

        try
        {
            await _consumer.CommitAsync(done, cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                foreach ((TopicPartition partition, CommittedOffset offset) in done)
                {
                    if (_partitions.TryGetValue(partition, out PartitionWork? work))
                    {
                        work.CommittedOffset = offset.Offset;
                    }
                }
            }
        }
        catch (KafkaException failure)
        {
            LogCommit(_log, failure);
        }
    }

    private static Dictionary<TopicPartition, CommittedOffset> Done(IEnumerable<PartitionWork> partitions) => partitions
        .Where(work => work.Offsets.Committable > work.CommittedOffset)
        .ToDictionary(work => work.Partition, work => new CommittedOffset(work.Offsets.Committable));
}
