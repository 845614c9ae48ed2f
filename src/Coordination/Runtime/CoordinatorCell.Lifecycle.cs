using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;

namespace Moldau.Coordination;

internal sealed partial class CoordinatorCell<TShard>
{
    private CoordinatorLoad<TShard>? _load;

    /// <summary>Begins to load for a new leader epoch, unless the shard is here already: the log is the same then.</summary>
    public void Load(int epoch)
    {
        if (epoch <= Epoch)
        {
            Logger.LogDebug("{Partition}: epoch {Epoch} is not newer than {Current}", Partition, epoch, Epoch);
            return;
        }

        Epoch = epoch;
        if (_state is CoordinatorState.Initial or CoordinatorState.Failed)
        {
            BeginLoad();
        }
    }

    /// <summary>Ends the shard, when the epoch is newer than the one it is here for; null ends it whatever its epoch. False when it goes on.</summary>
    public bool Unload(int? epoch)
    {
        if (_state == CoordinatorState.Closed || (epoch is { } given && given <= Epoch))
        {
            return false;
        }

        Epoch = epoch ?? Epoch;
        End(CoordinatorState.Closed);
        return true;
    }

    /// <summary>The runtime has forgotten the cell.</summary>
    public void Forget() => Metrics.Moved(_state, null);

    private void BeginLoad()
    {
        MoveTo(CoordinatorState.Loading);
        _snapshots = new SnapshotRegistry();
        _shard = _runtime.CreateShard(new CoordinatorShardContext(Partition, _snapshots, _timer, _executor, _runtime.Time, Logger));
        _load = new CoordinatorLoad<TShard>(_runtime, Partition, _shard, _snapshots);
        Workers.Run(new LoadRun(this, _load).Run);
    }

    private void FinishLoad(CoordinatorLoad<TShard> load, Exception? failure)
    {
        if (_load != load || _state != CoordinatorState.Loading)
        {
            return;
        }

        _load = null;
        if (failure is not null)
        {
            Logger.LogError(failure, "{Partition}: the coordinator's log could not be loaded for epoch {Epoch}: {Reason}", Partition, Epoch, failure.Message);
            Metrics.LoadFailed();
            End(CoordinatorState.Failed);
            return;
        }

        Volatile.Write(ref _loadMs, load.TookMs);
        Metrics.Loaded(load.TookMs);
        Logger.LogInformation("{Partition}: loaded {Records} records, {Bytes} bytes, in {Took} ms for epoch {Epoch}", Partition, load.Records, load.Bytes, load.TookMs, Epoch);
        LastWrittenOffset = load.LastWrittenOffset;
        LastCommittedOffset = load.LastCommittedOffset;
        lock (_gate)
        {
            _highWatermark = -1;
        }

        MoveTo(CoordinatorState.Active);
        _runtime.Writer.AddListener(Partition, this);
        _shard!.OnLoaded(_runtime.Image);
    }

    private void End(CoordinatorState state)
    {
        var wasActive = _state == CoordinatorState.Active;
        MoveTo(state);
        if (_load is { } load)
        {
            load.Cancel();
            _load = null;
        }

        var refused = new CoordinatorException(ErrorCode.NotCoordinator, $"this node does not coordinate {Partition} any more");
        _timer.CancelAll();
        _executor.CancelAll();
        while (_deferred.TryDequeue(out var deferred))
        {
            deferred.Write.Complete(this, refused);
        }

        FailBatch(refused);
        if (wasActive)
        {
            _runtime.Writer.RemoveListener(Partition, this);
            _shard!.OnUnloaded();
        }

        _builder?.Dispose();
        _builder = null;
        _shard = null;
    }

    /// <summary>The worker's part of a load.</summary>
    private sealed class LoadRun(CoordinatorCell<TShard> cell, CoordinatorLoad<TShard> load)
    {
        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The failure goes on to the cell: the shard is not served, and the log says why.")]
        public void Run()
        {
            Exception? failure = null;
            try
            {
                load.Run();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }

            cell.Enqueue(new InternalEvent<TShard>(_ => cell.FinishLoad(load, failure)));
        }
    }
}
