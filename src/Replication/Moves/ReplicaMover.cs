using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Replication;

/// <summary>
/// Moves partitions between the log directories of this node while they are served (KIP-113): copies each into a future log, asks the controller to name the new directory once the copy has
/// all, and then puts it in the place of the current log. Copies run on a worker, one batch of work for each directory that is moved to; a move that was cut off goes on at the next start.
/// Safe for all threads.
/// </summary>
public sealed class ReplicaMover : IDisposable
{
    private const int PauseMs = 100;

    private readonly LogManager _logs;
    private readonly DirectoryAssignments _assignments;
    private readonly Func<NodeConfiguration> _configuration;
    private readonly IWorkers _workers;
    private readonly ILogger _logger;
    private readonly MoveThrottle _throttle;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, ReplicaMove> _moves = [];
    private bool _isRunning;
    private bool _isClosed;

    public ReplicaMover(
        LogManager logs, DirectoryAssignments assignments, Func<NodeConfiguration> configuration, TimeProvider time, IWorkers workers, ILogger logger)
    {
        _logs = logs;
        _assignments = assignments;
        _configuration = configuration;
        _workers = workers;
        _logger = logger;
        var node = configuration();
        _throttle = new MoveThrottle(
            time, node.Int("alter.log.dirs.replication.quota.window.num"), node.Int("alter.log.dirs.replication.quota.window.size.seconds") * 1000L);
        _timer = time.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many partitions are on their way.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _moves.Count;
            }
        }
    }

    /// <summary>Begins or goes on to move a partition to where its future log is.</summary>
    /// <param name="partition">The replica here.</param>
    /// <param name="future">Its future log.</param>
    /// <param name="isAccepted">The metadata names the directory of the future log already.</param>
    public void Start(Partition partition, PartitionLog future, bool isAccepted)
    {
        lock (_gate)
        {
            if (_isClosed || (_moves.TryGetValue(partition.Id, out var known) && known.Future == future))
            {
                return;
            }

            _moves[partition.Id] = new ReplicaMove(partition, future, isAccepted);
        }

        _logger.LogInformation("{Partition} moves from {From} to {To}", partition.Id, partition.Log.LogDirectory, future.LogDirectory);
        Pump();
    }

    /// <summary>Gives a move up, and the copy with it. What the controller may have been told is taken back.</summary>
    public void Cancel(TopicPartition id)
    {
        ReplicaMove? move;
        lock (_gate)
        {
            _moves.Remove(id, out move);
        }

        if (move is not null)
        {
            _logs.Delete(id, isFuture: true);
            if (move.IsAsked && _logs.DirectoryAt(move.Partition.Log.LogDirectory)?.Id is { } home)
            {
                _assignments.Assign(move.Partition.TopicId, id.Partition, home);
            }
        }
    }

    /// <summary>The partition is gone from here: its move is forgotten. Whoever takes its logs away calls this first.</summary>
    public void Forget(TopicPartition id)
    {
        lock (_gate)
        {
            _moves.Remove(id);
        }
    }

    /// <summary>Moves nothing more; what is under way goes on at the next start.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _moves.Clear();
        }

        _timer.Dispose();
    }

    private void Pump()
    {
        lock (_gate)
        {
            if (_isRunning || _isClosed || _moves.Count == 0)
            {
                return;
            }

            _isRunning = true;
        }

        _workers.Run(Run);
    }

    /// <summary>A round over all moves; another follows at once as long as something moved, else after a pause.</summary>
    private void Run()
    {
        ReplicaMove[] moves;
        lock (_gate)
        {
            moves = [.. _moves.Values];
        }

        var hasMoved = false;
        foreach (var move in moves)
        {
            hasMoved |= Step(move);
        }

        lock (_gate)
        {
            _isRunning = false;
            if (_isClosed || _moves.Count == 0)
            {
                return;
            }

            if (!hasMoved)
            {
                _timer.Change(TimeSpan.FromMilliseconds(PauseMs), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Pump();
    }

    /// <summary>True when another step may follow at once.</summary>
    private bool Step(ReplicaMove move)
    {
        try
        {
            var node = _configuration();
            var bytesPerSecond = node.Long("replica.alter.log.dirs.io.max.bytes.per.second");
            var copied = IsCurrent(move) && _throttle.MayMove(bytesPerSecond) ? move.CopySome(node.ReplicaFetchMaxBytes) : 0;
            _throttle.Record(copied);
            return IsCurrent(move) && move.IsCaughtUp ? Promote(move) || copied > 0 : copied > 0;
        }
        catch (DiskException failure) when (failure.Kind == DiskErrorKind.NoSpace)
        {
            _logger.LogWarning("{Partition} waits to move to {To}: {Reason}", move.Partition.Id, move.Future.LogDirectory, failure.Message);
            return false;
        }
        catch (DiskException failure)
        {
            _logger.LogError(failure, "{Partition} does not move to {To}: {Reason}", move.Partition.Id, move.Future.LogDirectory, failure.Message);
            Forget(move.Partition.Id);
            return false;
        }
    }

    private bool IsCurrent(ReplicaMove move)
    {
        lock (_gate)
        {
            return !_isClosed && _moves.TryGetValue(move.Partition.Id, out var known) && known == move && !move.Partition.IsOffline
                && _logs.FindFuture(move.Partition.Id) == move.Future;
        }
    }

    /// <summary>
    /// The copy has all. The metadata must name the new directory before the old one goes: was the node killed between, the next start finds the future log where the metadata says.
    /// </summary>
    private bool Promote(ReplicaMove move)
    {
        var id = move.Partition.Id;
        if (!move.IsAsked)
        {
            move.IsAsked = true;
            if (_logs.DirectoryAt(move.Future.LogDirectory)?.Id is not { } directory || !_assignments.IsNeeded)
            {
                move.IsAccepted = true;
                return true;
            }

            _assignments.Assign(move.Partition.TopicId, id.Partition, directory, () =>
            {
                move.IsAccepted = true;
                Pump();
            });
            return false;
        }

        if (!move.IsAccepted || !_logs.TryReplaceCurrentWithFuture(id, () => move.CopySome(int.MaxValue), move.Partition.TakeLog))
        {
            return false;
        }

        move.Partition.Wake();
        Forget(id);
        _logger.LogInformation("{Partition} has moved to {To}", id, move.Future.LogDirectory);
        return true;
    }
}
