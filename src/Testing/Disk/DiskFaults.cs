using System.Diagnostics.CodeAnalysis;
using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>
/// What goes wrong with the disk of a node under test. Any thread may call it. Delays are by the system's clock, as a thread of the node waits for the device.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Nobody asks for its wait handle, so that it holds nothing of the system; it lives as long as the node under test.")]
public sealed class DiskFaults
{
    private const string MetadataDirectory = "/__cluster_metadata-0";

    private readonly Lock _gate = new();
    private ManualResetEventSlim _healed = new();
    private TimeSpan _writeDelay;
    private TimeSpan _syncDelay;
    private Func<string, bool>? _failing;
    private bool _isFull;
    private bool _isSuspended;

    internal DiskFaults()
    {
    }

    /// <summary>Whether the disk has no room left: files cannot be made or grow, but for the metadata log, which has reserved some. The node refuses records with NOT_ENOUGH_REPLICAS, which producers send again, until there is room.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _isFull;
            }
        }

        set
        {
            lock (_gate)
            {
                _isFull = value;
            }
        }
    }

    /// <summary>How long each write takes longer.</summary>
    public TimeSpan WriteDelay
    {
        get => Read(ref _writeDelay);
        set => Set(ref _writeDelay, value);
    }

    /// <summary>How long each sync of a file or a directory takes longer: until then nothing that waits for the device is acknowledged.</summary>
    public TimeSpan SyncDelay
    {
        get => Read(ref _syncDelay);
        set => Set(ref _syncDelay, value);
    }

    /// <summary>
    /// Has every change to files whose path <paramref name="where"/> accepts fail, as by a broken device, until <see cref="Heal"/>: their log directory goes offline, and a node without any ends
    /// (<c>TestNode.Node.Completion</c>). A failed sync is never tried again, so that healing alone does not bring the directory back: restart the node.
    /// </summary>
    /// <param name="where">The files, by their path with '/' between parts; null for all.</param>
    public void Break(Func<string, bool>? where = null)
    {
        lock (_gate)
        {
            _failing = where ?? (static _ => true);
        }
    }

    /// <summary>Room again, no delays, no failures; who waits for the device waits no longer.</summary>
    public void Heal()
    {
        ManualResetEventSlim healed;
        lock (_gate)
        {
            _isFull = false;
            _failing = null;
            _writeDelay = _syncDelay = TimeSpan.Zero;
            healed = _healed;
            _healed = new ManualResetEventSlim();
        }

        healed.Set();
    }

    /// <summary>The node is killed: no thread of it waits for the device any more, until it starts again.</summary>
    internal void Suspend(bool isSuspended)
    {
        lock (_gate)
        {
            _isSuspended = isSuspended;
            if (isSuspended)
            {
                _healed.Set();
                _healed = new ManualResetEventSlim();
            }
        }
    }

    internal void BeforeChange(string operation, string path, bool grows = false)
    {
        Func<string, bool>? failing;
        bool isFull;
        lock (_gate)
        {
            failing = _failing;
            isFull = _isFull;
        }

        if (failing?.Invoke(path) == true)
        {
            throw new DiskException(DiskErrorKind.Io, operation, path, "a fault was injected: the device is broken");
        }

        if (isFull && grows && !path.Contains(MetadataDirectory, StringComparison.Ordinal))
        {
            throw new DiskException(DiskErrorKind.NoSpace, operation, path, "a fault was injected: no space left on device");
        }
    }

    internal void OnWrite() => Wait(WriteDelay);

    internal void OnSync() => Wait(SyncDelay);

    private void Wait(TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            ManualResetEventSlim? healed;
            lock (_gate)
            {
                healed = _isSuspended ? null : _healed;
            }

            healed?.Wait(delay);
        }
    }

    private TimeSpan Read(ref TimeSpan field)
    {
        lock (_gate)
        {
            return field;
        }
    }

    private void Set(ref TimeSpan field, TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        lock (_gate)
        {
            field = value;
        }
    }
}
