using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Replication;

/// <summary>
/// Tells the controller in which directories the replicas of this node are (KIP-858), many at once and one request at a time, until it has heard. The newest word on a partition counts.
/// Safe for all threads.
/// </summary>
public sealed class DirectoryAssignments : IDisposable
{
    private const int PerRequestMax = 2250;
    private const int PauseMinMs = 100;
    private const int PauseMaxMs = 10_000;

    private readonly Func<AssignReplicasToDirsRequest, Task<AssignReplicasToDirsResponse?>> _send;
    private readonly Func<MetadataImage> _image;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<(Uuid TopicId, int Index), (Uuid Directory, Action? Accepted)> _ready = [];
    private bool _isSending;
    private bool _isClosed;
    private int _failures;

    /// <param name="send">Sends a request whose broker and epoch it fills in; null when the controller was not reached.</param>
    /// <param name="image">The metadata now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where people read.</param>
    public DirectoryAssignments(
        Func<AssignReplicasToDirsRequest, Task<AssignReplicasToDirsResponse?>> send, Func<MetadataImage> image, TimeProvider time, ILogger logger)
    {
        _send = send;
        _image = image;
        _logger = logger;
        _timer = time.CreateTimer(_ => Send(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>False before metadata.version 3.7-IV2: nobody asks for directories then.</summary>
    public bool IsNeeded => _image().MetadataVersion.IsDirectoryAssignmentSupported;

    /// <summary>How many wait to be told, or to be heard.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>The replica of this node is, or will be, in that directory.</summary>
    /// <param name="topicId">The topic.</param>
    /// <param name="index">The partition.</param>
    /// <param name="directory">The directory's id.</param>
    /// <param name="accepted">Called once the controller has it, on whatever thread.</param>
    public void Assign(Uuid topicId, int index, Uuid directory, Action? accepted = null)
    {
        lock (_gate)
        {
            _ready[(topicId, index)] = (directory, accepted);
        }

        Later(_failures == 0 ? 1 : PauseMinMs);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _timer.Dispose();
    }

    private void Later(int pauseMs)
    {
        lock (_gate)
        {
            if (!_isClosed && !_isSending)
            {
                _timer.Change(TimeSpan.FromMilliseconds(pauseMs), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Send() => _ = SendAsync();

    private async Task SendAsync()
    {
        Dictionary<(Uuid TopicId, int Index), (Uuid Directory, Action? Accepted)> sent;
        lock (_gate)
        {
            if (_isSending || _isClosed || _ready.Count == 0)
            {
                return;
            }

            _isSending = true;
            sent = _ready.Take(PerRequestMax).ToDictionary();
        }

        var response = await _send(RequestOf(sent));
        var isHeard = response is { ErrorCode: ErrorCode.None };
        var accepted = isHeard ? Take(sent, response!) : [];
        var pauseMs = 0;
        lock (_gate)
        {
            _isSending = false;
            _failures = isHeard && accepted.Count > 0 ? 0 : Math.Min(_failures + 1, 8);
            pauseMs = _ready.Count == 0 ? 0 : _failures == 0 ? 1 : Math.Min(PauseMaxMs, PauseMinMs << (_failures - 1));
        }

        foreach (var tell in accepted)
        {
            tell?.Invoke();
        }

        if (pauseMs > 0)
        {
            Later(pauseMs);
        }
    }

    private static AssignReplicasToDirsRequest RequestOf(Dictionary<(Uuid TopicId, int Index), (Uuid Directory, Action? Accepted)> assignments)
    {
        var request = new AssignReplicasToDirsRequest();
        foreach (var byDirectory in assignments.GroupBy(entry => entry.Value.Directory))
        {
            var directory = new AssignReplicasToDirsRequest.DirectoryData { Id = byDirectory.Key };
            foreach (var byTopic in byDirectory.GroupBy(entry => entry.Key.TopicId))
            {
                var topic = new AssignReplicasToDirsRequest.TopicData { TopicId = byTopic.Key };
                foreach (var (key, _) in byTopic)
                {
                    topic.Partitions.Add(new() { PartitionIndex = key.Index });
                }

                directory.Topics.Add(topic);
            }

            request.Directories.Add(directory);
        }

        return request;
    }

    /// <summary>What the controller has taken, or will never take as the partition is not here any more, is no longer to be told.</summary>
    private List<Action?> Take(Dictionary<(Uuid TopicId, int Index), (Uuid Directory, Action? Accepted)> sent, AssignReplicasToDirsResponse response)
    {
        List<Action?> accepted = [];
        foreach (var directory in response.Directories)
        {
            foreach (var topic in directory.Topics)
            {
                foreach (var partition in topic.Partitions)
                {
                    var key = (topic.TopicId, (int)partition.PartitionIndex);
                    ErrorCode error = partition.ErrorCode;
                    if (error is not (ErrorCode.None or ErrorCode.UnknownTopicId or ErrorCode.UnknownTopicOrPartition or ErrorCode.NotLeaderOrFollower))
                    {
                        _logger.LogWarning("the controller does not put partition {Index} of topic {Topic} into directory {Directory}: {Error}", key.Item2, key.TopicId, directory.Id,
                            error.Message());
                        continue;
                    }

                    lock (_gate)
                    {
                        if (_ready.TryGetValue(key, out var now) && sent.TryGetValue(key, out var told) && now == told)
                        {
                            _ready.Remove(key);
                            accepted.Add(error == ErrorCode.None ? told.Accepted : null);
                        }
                    }
                }
            }
        }

        return accepted;
    }
}
