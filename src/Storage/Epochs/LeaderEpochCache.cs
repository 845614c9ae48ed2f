using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// The leader epochs of a partition and the offset where each began, in memory and in <c>leader-epoch-checkpoint</c>. Followers truncate by it (KIP-101,
/// 279). Loads at the first use.
/// Safe for all threads.
/// </summary>
public sealed class LeaderEpochCache
{
    /// <summary>No such epoch, or no such offset.</summary>
    public const int Undefined = -1;

    private readonly IDisk disk;
    private readonly Lock gate = new();
    private List<EpochEntry>? epochs;
    private EpochEntry? begun;
    private bool isUnwritten;
    private string directory;

    internal LeaderEpochCache(IDisk disk, string directory)
    {
        this.disk = disk;
        this.directory = directory;
    }

    /// <summary>The newest epoch; null when there is none.</summary>
    public int? LatestEpoch => LatestEntry?.Epoch;

    public EpochEntry? LatestEntry
    {
        get
        {
            lock (gate)
            {
                var entries = Loaded();
                return entries.Count > 0 ? entries[^1] : null;
            }
        }
    }

    public EpochEntry? EarliestEntry
    {
        get
        {
            lock (gate)
            {
                var entries = Loaded();
                return entries.Count > 0 ? entries[0] : null;
            }
        }
    }

    /// <summary>All entries, oldest first.</summary>
    public IReadOnlyList<EpochEntry> Entries
    {
        get
        {
            lock (gate)
            {
                return Loaded().ToArray();
            }
        }
    }

    /// <summary>Notes that <paramref name="epoch"/> begins at <paramref name="startOffset"/>. Entries that contradict it are dropped. The file is written
    /// only when something changes.</summary>
    public void Assign(int epoch, long startOffset)
    {
        Invariant.That(epoch >= 0 && startOffset >= 0, "epochs and their offsets are not negative");
        lock (gate)
        {
            var entries = Loaded();
            if (entries.Count > 0 && entries[^1].Epoch == epoch && startOffset >= entries[^1].StartOffset)
            {
                if (isUnwritten)
                {
                    Write();
                }

                return;
            }

            Insert(entries, new EpochEntry(epoch, startOffset));
            Write();
        }
    }

    /// <summary>
    /// As <see cref="Assign"/>, but the file waits until somebody has a use for the epochs: a node that starts leads many partitions that nobody asks for. An epoch without records may be
    /// forgotten with the process, as no log has a batch of it.
    /// </summary>
    internal void AssignLater(int epoch, long startOffset)
    {
        lock (gate)
        {
            if (epochs is null && (begun is null || begun.Value.StartOffset >= startOffset))
            {
                begun = new EpochEntry(epoch, startOffset);
                return;
            }

            var entries = Loaded();
            if (entries.Count == 0 || entries[^1].Epoch != epoch || startOffset < entries[^1].StartOffset)
            {
                Insert(entries, new EpochEntry(epoch, startOffset));
                isUnwritten = true;
            }
        }
    }

    /// <summary>What <see cref="AssignLater"/> has kept, to be assigned again once the log's files are in order.</summary>
    internal EpochEntry? TakeBegun()
    {
        lock (gate)
        {
            var taken = begun;
            begun = null;
            return taken;
        }
    }

    /// <summary>
    /// Where the records of <paramref name="requestedEpoch"/> end: for the newest epoch the log end offset, for an older one the start of the next. The
    /// epoch in the answer is the largest
    /// known one not above the requested. (-1, -1) when that cannot be said.
    /// </summary>
    public (int Epoch, long EndOffset) EndOffsetFor(int requestedEpoch, long logEndOffset)
    {
        lock (gate)
        {
            var entries = Loaded();
            if (requestedEpoch == Undefined || entries.Count == 0)
            {
                return (Undefined, Undefined);
            }

            if (entries[^1].Epoch == requestedEpoch)
            {
                return (requestedEpoch, logEndOffset);
            }

            var higher = entries.FindIndex(entry => entry.Epoch > requestedEpoch);
            return higher < 0 ? (Undefined, Undefined)
                : higher == 0 ? (requestedEpoch, entries[0].StartOffset)
                : (entries[higher - 1].Epoch, entries[higher].StartOffset);
        }
    }

    /// <summary>The epoch that the record at <paramref name="offset"/> was appended in; null when it lies before all entries.</summary>
    public int? EpochForOffset(long offset)
    {
        lock (gate)
        {
            int? epoch = null;
            foreach (var entry in Loaded())
            {
                if (entry.StartOffset > offset)
                {
                    break;
                }

                epoch = entry.Epoch;
            }

            return epoch;
        }
    }

    /// <summary>Drops the epochs that begin at or behind <paramref name="endOffset"/>.</summary>
    public void TruncateFromEnd(long endOffset)
    {
        lock (gate)
        {
            if (endOffset >= 0 && Loaded().RemoveAll(entry => entry.StartOffset >= endOffset) > 0)
            {
                Write();
            }
        }
    }

    /// <summary>Drops the epochs that end before <paramref name="startOffset"/>; the one that holds it then begins there.</summary>
    public void TruncateFromStart(long startOffset)
    {
        lock (gate)
        {
            var entries = Loaded();
            var keep = entries.FindLastIndex(entry => entry.StartOffset <= startOffset);
            if (keep < 0 || (keep == 0 && entries[0].StartOffset == startOffset))
            {
                return;
            }

            entries[keep] = entries[keep] with { StartOffset = startOffset };
            entries.RemoveRange(0, keep);
            Write();
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        lock (gate)
        {
            if (Loaded().Count > 0)
            {
                epochs!.Clear();
                Write();
            }
        }
    }

    internal void DirectoryMoved(string to)
    {
        lock (gate)
        {
            directory = to;
        }
    }

    private static void Insert(List<EpochEntry> entries, EpochEntry entry)
    {
        while (entries.Count > 0 && (entries[^1].Epoch >= entry.Epoch || entries[^1].StartOffset >= entry.StartOffset))
        {
            entries.RemoveAt(entries.Count - 1);
        }

        entries.Add(entry);
    }

    private List<EpochEntry> Loaded()
    {
        if (epochs is not null)
        {
            return epochs;
        }

        var entries = new List<EpochEntry>();
        if (AtomicFile.ReadText(disk, FilePath) is { } text)
        {
            foreach (var entry in LeaderEpochCheckpointFile.Parse(FilePath, text))
            {
                if (entries.Count == 0 || entry.Epoch != entries[^1].Epoch || entry.StartOffset < entries[^1].StartOffset)
                {
                    Insert(entries, entry);
                }
            }
        }

        epochs = entries;
        if (begun is { } waited)
        {
            begun = null;
            Insert(entries, waited);
            Write();
        }

        return entries;
    }

    private string FilePath => $"{directory}/{LogFileNames.LeaderEpochCheckpoint}";

    private void Write()
    {
        AtomicFile.Write(disk, FilePath, LeaderEpochCheckpointFile.Format(epochs!));
        isUnwritten = false;
    }
}
